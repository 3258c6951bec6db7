/**
 * Puts a finished tree in the place of another so that no moment shows a mixture: one rename-exchange where the platform
 * has it, else a pair of renames with a journal that the next start finishes. Files that the player added are carried over.
 */
@NullMarked
package org.vsekai.nebula.launcher.swap;

import org.jspecify.annotations.NullMarked;
