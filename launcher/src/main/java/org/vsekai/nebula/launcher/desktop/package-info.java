/**
 * Tells the desktop about an installed game: a menu entry and the handler of {@code vsekai://} links. One interface and a
 * writer per platform; names that come from a server or a path are quoted for the format that they are written into.
 */
@NullMarked
package org.vsekai.nebula.launcher.desktop;

import org.jspecify.annotations.NullMarked;
