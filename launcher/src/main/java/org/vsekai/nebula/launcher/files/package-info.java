/**
 * Files and folders beyond what Java's library does with them: exchange of two names, shared blocks, whole trees. It knows
 * nothing of games or versions.
 */
@NullMarked
package org.vsekai.nebula.launcher.files;

import org.jspecify.annotations.NullMarked;
