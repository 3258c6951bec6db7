/**
 * The cdn-registry service: content delivery networks by region, probed and ranked.
 *
 * <p>In: what operators register, and the environment's seed. Out: a ranking for a player's region, kept in memory.
 * Packages depend on one another in one direction: {@code address <- probe <- registry <- ranking}; this package holds
 * the gRPC endpoint, which speaks for all of them. The service fetches one known chunk from each CDN and nothing else,
 * and never from an address that {@link org.vsekai.nebula.cdn.address.AddressPolicy} refuses.
 */
@NullMarked
package org.vsekai.nebula.cdn;

import org.jspecify.annotations.NullMarked;
