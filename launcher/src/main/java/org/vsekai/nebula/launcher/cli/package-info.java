/**
 * The command line: what each command is called, which options it takes, and how a failure becomes a message and an exit
 * code. The commands hold no rules of their own; they read options and call the feature that does the work.
 */
@NullMarked
package org.vsekai.nebula.launcher.cli;

import org.jspecify.annotations.NullMarked;
