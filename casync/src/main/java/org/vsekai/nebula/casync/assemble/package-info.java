/**
 * Rebuilding a blob from its index: each chunk comes from what is at hand (seeds, a cache, the unfinished output) or, once
 * a run and no more, from a store. In: an index, seeds, stores. Out: a stream or a file whose every byte was hashed.
 * Memory does not grow with the blob, apart from its index and tables of the same size.
 */
@NullMarked
package org.vsekai.nebula.casync.assemble;

import org.jspecify.annotations.NullMarked;
