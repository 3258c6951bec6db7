/** How much versions of 3D models have in common as chunks. In: two folders. Out: a table, and the same as JSON. */
@NullMarked
package org.vsekai.nebula.benchmarks.assets;

import org.jspecify.annotations.NullMarked;
