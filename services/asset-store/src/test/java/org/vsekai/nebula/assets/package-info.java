/** The asset store as a whole, on a real database and a real folder, spoken to over its own protocols. */
@NullMarked
package org.vsekai.nebula.assets;

import org.jspecify.annotations.NullMarked;
