/**
 * How the services reach the ledger: counters, leases, claims, intents and watches by gRPC, and the one lease that every
 * process holds.
 *
 * <p>In: commands and questions. Out: what the members agreed on, as values and sealed answers. A call is repeated over all
 * members with one request id, so it counts once; whatever stays open at the deadline is told apart from what was certainly
 * not done.
 */
@NullMarked
package org.vsekai.nebula.kit.ledger;

import org.jspecify.annotations.NullMarked;
