/**
 * The registered CDNs: rows, the calls of operators, the environment's seed, and the loop that has each CDN probed in
 * time.
 *
 * <p>In: REST calls, gRPC calls by way of {@link org.vsekai.nebula.cdn.registry.Cdns}, {@code NEBULA_CDN_SEED}, and the
 * clock. Out: rows in {@code cdn} and {@code cdn_probes}, and all CDNs as last read, for the ranking. Rows do not leave
 * this package.
 */
@NullMarked
package org.vsekai.nebula.cdn.registry;

import org.jspecify.annotations.NullMarked;
