/**
 * What every command shares: the options that all take, where output goes, and how a failure ends a command.
 */
@NullMarked
package org.vsekai.nebula.launcher.console;

import org.jspecify.annotations.NullMarked;
