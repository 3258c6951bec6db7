package org.vsekai.nebula.ledger.consensus;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * What a {@link Member} feeds with the commands that the majority has agreed on. Everything that it keeps follows from the
 * commands and their stamps alone, so that it is the same on every member.
 *
 * <p>Lifecycle: empty when new, or filled by {@link #readSnapshot}; then batches, in log order, each of any number of
 * {@link #apply} with one index and one {@link #endBatch}.
 *
 * <p>Thread safety: the member calls from one thread at a time, and takes and reads snapshots between batches.
 * {@link #ledgerMillis} may be called from any thread.
 */
public interface ReplicatedMachine {
    /**
     * Applies one command. A command that makes no sense is answered with a rejection; an exception from here stops the
     * member.
     *
     * @param index position in the log of the batch that holds the command
     * @param stamp when the leader made the batch
     * @return the command's result, for the proposer
     */
    byte[] apply(long index, Stamp stamp, byte[] command);

    /**
     * Comes after the last command of each batch, and for batches without any; who watches is told from here.
     *
     * @param stamp when the leader made the batch
     */
    void endBatch(long index, Stamp stamp);

    /** Writes all state; two members that applied the same log write the same bytes. */
    void writeSnapshot(DataOutput out) throws IOException;

    /**
     * Replaces all state by a snapshot's, or changes nothing when the snapshot is refused.
     *
     * @throws IOException when the snapshot cannot be read or is not one
     */
    void readSnapshot(DataInput in) throws IOException;

    /** Ledger time of the last stamp applied, in milliseconds; 0 before the first. */
    long ledgerMillis();

    /**
     * When, in ledger time, something is due that no command brings about, such as the end of a lease. The leader then appends
     * an empty batch, whose {@link #endBatch} comes with a ledger time of at least this. Called by the member's thread.
     */
    default OptionalLong nextDueMillis() {
        return OptionalLong.empty();
    }
}
