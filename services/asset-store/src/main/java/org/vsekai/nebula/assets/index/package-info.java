/** Indexes, named by the SHA-256 of their bytes, and the check that everything they name is present and intact. */
@NullMarked
package org.vsekai.nebula.assets.index;

import org.jspecify.annotations.NullMarked;
