/**
 * In which order a player should try the CDNs.
 *
 * <p>In: the CDNs as last read, and the player's region. Out: the ranking, over REST and to the gRPC endpoint. It reads
 * memory only, so players are served while the database is away, within a bound.
 */
@NullMarked
package org.vsekai.nebula.cdn.ranking;

import org.jspecify.annotations.NullMarked;
