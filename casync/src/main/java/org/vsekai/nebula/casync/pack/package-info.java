/**
 * Packs: fewer requests and smaller transfers beside a store of loose chunks, which stays the truth. A pack is an
 * immutable file of zstd frames over runs of chunks, so that a plain file server hands out thousands of chunks with one
 * ranged request; an install pack holds all chunks of an index, a delta pack those that an older index lacks, compressed
 * against chunks of the older one. In goes an index (or two) and a store; out come a pack, its pack index, and a {@link
 * org.vsekai.nebula.casync.assemble.Seed} that reads them. A pack is a hope like any seed: whatever it hands out was hashed,
 * and what it fails to hand out is fetched loose. Formats: {@code docs/formats.md}.
 */
@NullMarked
package org.vsekai.nebula.casync.pack;

import org.jspecify.annotations.NullMarked;
