/**
 * What a player in a mode, at a version, should do now.
 *
 * <p>In: the player's mode and installed version. Out: one of four actions and the version to go to. It changes nothing.
 */
@NullMarked
package org.vsekai.nebula.updater.update;

import org.jspecify.annotations.NullMarked;
