/** Lists in pages: a bounded limit and an opaque cursor, the same for every service. */
@NullMarked
package org.vsekai.nebula.kit.paging;

import org.jspecify.annotations.NullMarked;
