/** How long each program takes to start, and the memory it then has. */
@NullMarked
package org.vsekai.nebula.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
