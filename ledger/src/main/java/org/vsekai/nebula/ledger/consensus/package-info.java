/**
 * Replication of opaque commands: one member of the group, its protocol stack and the seam to the state machine that it
 * feeds. It knows nothing of counters or leases. What comes in are bytes to agree on; what goes out are the same bytes in
 * the same order on every member, each with the leader's stamp of time.
 */
@NullMarked
package org.vsekai.nebula.ledger.consensus;

import org.jspecify.annotations.NullMarked;
