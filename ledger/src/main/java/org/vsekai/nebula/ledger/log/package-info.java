/**
 * The durable log of one member: Raft entries in preallocated segments, term and vote in mirrored slots, snapshots beside them.
 * What a call has returned survives a power cut; what was cut off never comes back; what is damaged is told from what a crash
 * left half written, and is refused with file and offset instead of being guessed. Bytes: {@code docs/ledger-format.md}.
 */
@NullMarked
package org.vsekai.nebula.ledger.log;

import org.jspecify.annotations.NullMarked;
