/**
 * What every comparison needs: a program run as a fresh process and measured, sides that take turns, medians and ratios, a
 * table to read and a JSON file to keep. Each comparison is a package below this one with a class {@code Benchmark} that
 * {@code ./nebula bench NAME} starts. Linux only: processes are measured with GNU time and pinned with taskset.
 */
@NullMarked
package org.vsekai.nebula.benchmarks;

import org.jspecify.annotations.NullMarked;
