/**
 * Packs against loose chunks: bytes and requests of a first install and of an update between successive versions of real
 * software, beside desync's and zstd's, and what making and reading packs costs. In go pairs of folders; out comes a table.
 */
@NullMarked
package org.vsekai.nebula.benchmarks.packs;

import org.jspecify.annotations.NullMarked;
