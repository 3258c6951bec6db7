/** How much the store holds, counted in the background. */
@NullMarked
package org.vsekai.nebula.assets.statistics;

import org.jspecify.annotations.NullMarked;
