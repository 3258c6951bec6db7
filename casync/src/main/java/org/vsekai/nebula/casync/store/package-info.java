/**
 * Where chunks are kept: local folders and HTTP servers in desync's layout, and the codec of a stored chunk. Stored bytes
 * are never trusted: {@link org.vsekai.nebula.casync.store.ChunkCodec} bounds and hashes them before anyone uses them.
 */
@NullMarked
package org.vsekai.nebula.casync.store;

import org.jspecify.annotations.NullMarked;
