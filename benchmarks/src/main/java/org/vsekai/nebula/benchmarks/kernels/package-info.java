/** The loops over bytes, each alone under JMH, on bytes of real software: cutting, hashing, compressing, decompressing. */
@NullMarked
package org.vsekai.nebula.benchmarks.kernels;

import org.jspecify.annotations.NullMarked;
