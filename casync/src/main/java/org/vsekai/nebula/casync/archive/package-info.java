/**
 * Archives (catar): one stream that holds a folder with names, kinds, modes, times and contents. {@link
 * org.vsekai.nebula.casync.archive.ArchiveDecoder} reads one, {@link org.vsekai.nebula.casync.archive.ArchiveLayout} is
 * the archive of a folder without ever being written down, and {@link
 * org.vsekai.nebula.casync.archive.ArchiveExtractor} makes a folder of one. Archives come from strangers: no length is
 * believed before it is bounded, and no name leads out of the folder it is extracted into.
 *
 * <p>The format is that of casync and desync; writing follows desync byte for byte, except for its faulty xattrs.
 */
@NullMarked
package org.vsekai.nebula.casync.archive;

import org.jspecify.annotations.NullMarked;
