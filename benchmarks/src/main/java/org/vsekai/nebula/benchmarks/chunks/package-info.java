/**
 * Making, extracting, verifying and rechunking by our launcher, desync and casync, on the same data of real software: each a
 * fresh process, in turns, pinned to processors, in memory and on disk, with the physical sum beside it.
 */
@NullMarked
package org.vsekai.nebula.benchmarks.chunks;

import org.jspecify.annotations.NullMarked;
