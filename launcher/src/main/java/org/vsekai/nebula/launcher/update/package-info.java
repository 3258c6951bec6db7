/**
 * Brings a player's folder to the version that the mode's players should be at, step by step.
 */
@NullMarked
package org.vsekai.nebula.launcher.update;

import org.jspecify.annotations.NullMarked;
