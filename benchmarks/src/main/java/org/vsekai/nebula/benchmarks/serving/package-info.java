/**
 * asset-store beside nginx and desync's chunk-server: the same chunks over HTTP/1.1, loaded by wrk in turns, with the
 * processor time that each spends on a request.
 */
@NullMarked
package org.vsekai.nebula.benchmarks.serving;

import org.jspecify.annotations.NullMarked;
