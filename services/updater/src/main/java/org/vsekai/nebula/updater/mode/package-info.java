/**
 * Modes: named lines of versions, such as {@code stable}, each of which may send its players on to another.
 *
 * <p>In: names, whether a mode is active, and where it sends its players. Out: modes and the chain that a mode's
 * {@code update_to} leads along. A change that would close the chain to a circle is refused.
 */
@NullMarked
package org.vsekai.nebula.updater.mode;

import org.jspecify.annotations.NullMarked;
