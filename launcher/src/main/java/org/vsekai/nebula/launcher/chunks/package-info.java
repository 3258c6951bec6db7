/**
 * {@code vsekai chunks}: the casync formats by hand, over files and stores, in the argument order of desync's own
 * commands. Archives made here keep everything that the disk says, unlike a published version.
 */
@NullMarked
package org.vsekai.nebula.launcher.chunks;

import org.jspecify.annotations.NullMarked;
