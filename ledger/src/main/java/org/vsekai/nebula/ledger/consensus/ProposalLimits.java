package org.vsekai.nebula.ledger.consensus;

/**
 * @param commandBytes of one command
 * @param waiting proposals that a leader has not put into an entry yet, and their bytes in all
 * @param forwarded proposals that a follower has sent to the leader and has no answer for
 * @param batchCommands commands in one entry, and their bytes in all
 */
public record ProposalLimits(
        int commandBytes, int waiting, long waitingBytes, int forwarded, int batchCommands, int batchBytes) {
    public static final ProposalLimits DEFAULT = new ProposalLimits(1 << 20, 16_384, 64L << 20, 16_384, 4_096, 1 << 20);

    /** The most that a batch takes besides its commands, and with each of them. */
    static final int BATCH_HEAD_BYTES = 64;

    static final int COMMAND_HEAD_BYTES = 4;

    public ProposalLimits {
        if (commandBytes < 1
                || waiting < 1
                || waitingBytes < 1
                || forwarded < 1
                || batchCommands < 1
                || batchBytes < 1) {
            throw new IllegalArgumentException("a limit of 0 lets nothing through");
        }
    }

    /** The same, or less where the log does not take entries of that size: one that it refuses would halt the member. */
    ProposalLimits within(int entryBytes) {
        int batch = Math.min(batchBytes, entryBytes - BATCH_HEAD_BYTES);
        int command = Math.min(commandBytes, batch - COMMAND_HEAD_BYTES);
        return new ProposalLimits(command, waiting, waitingBytes, forwarded, batchCommands, batch);
    }
}
