/**
 * A player's folder and the work folder beside it: what is installed there, what an update is doing, and who may work on it
 * now. Everything is read with bounds, since a player can edit any of it.
 */
@NullMarked
package org.vsekai.nebula.launcher.folder;

import org.jspecify.annotations.NullMarked;
