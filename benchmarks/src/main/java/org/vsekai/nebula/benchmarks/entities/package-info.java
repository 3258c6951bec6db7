/**
 * Entity replication under load: the packaged entity-sync with sessions of the client library, beside Colyseus with its own.
 *
 * <p>In: the number of sessions and entities, rates, times. Out: what was delivered, at what cost, how late; and whether every session saw
 * exactly what it should, without which nothing counts. Colyseus' side is the npm project in {@code benchmarks/colyseus}.
 */
@NullMarked
package org.vsekai.nebula.benchmarks.entities;

import org.jspecify.annotations.NullMarked;
