/**
 * The formats and algorithms of casync and desync, without a framework: content-defined chunks, their ids, indexes,
 * archives and stores, and the assembler that rebuilds a blob from seeds and stores.
 *
 * <p>In: files, folders, indexes, stores. Out: chunks, indexes, files, folders. It never trusts what it reads: every
 * length is bounded before memory is taken for it and every chunk is hashed before its bytes are used.
 */
@NullMarked
package org.vsekai.nebula.casync;

import org.jspecify.annotations.NullMarked;
