/**
 * Content-defined chunks: their ids, their sizes, and the buzhash chunkers, sequential and parallel, that cut exactly
 * where desync cuts.
 */
@NullMarked
package org.vsekai.nebula.casync.chunk;

import org.jspecify.annotations.NullMarked;
