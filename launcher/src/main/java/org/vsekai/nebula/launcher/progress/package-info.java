/**
 * What a running command tells: events, and three ways to show them (a bar on a terminal, plain lines, JSON for programs).
 */
@NullMarked
package org.vsekai.nebula.launcher.progress;

import org.jspecify.annotations.NullMarked;
