/**
 * Modes as the updater lists them, for players who choose one and publishers who create one.
 */
@NullMarked
package org.vsekai.nebula.launcher.mode;

import org.jspecify.annotations.NullMarked;
