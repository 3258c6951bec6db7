/** Settings that are fine on one's own machine and are refused where players are served. */
@NullMarked
package org.vsekai.nebula.kit.production;

import org.jspecify.annotations.NullMarked;
