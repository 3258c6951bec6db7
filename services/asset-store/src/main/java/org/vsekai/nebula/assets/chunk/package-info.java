/** Chunks over the HTTP protocol of desync, and the question which of them are missing. */
@NullMarked
package org.vsekai.nebula.assets.chunk;

import org.jspecify.annotations.NullMarked;
