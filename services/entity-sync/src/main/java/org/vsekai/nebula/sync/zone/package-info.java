/**
 * Zones that this node owns, each on a thread of its own, and the sessions that reach them by gRPC.
 *
 * <p>In: clients' streams of {@code vsekai.nebula.entities.v1.Entities}, claims of the ledger, the clock's ticks. Out: frames, and for
 * operators what there is. A zone runs here only while its claim is surely held; its epoch is the claim's token, so a later owner has the
 * larger one. Nothing here blocks an event loop: what a stream says waits in a bounded queue for the zone's thread.
 */
@NullMarked
package org.vsekai.nebula.sync.zone;

import org.jspecify.annotations.NullMarked;
