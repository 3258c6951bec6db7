/**
 * Which worlds there are: grids of zones, as configured on every node alike.
 *
 * <p>In: configuration. Out: names of zones and the settings of each.
 */
@NullMarked
package org.vsekai.nebula.sync.world;

import org.jspecify.annotations.NullMarked;
