package org.vsekai.nebula.ledger.consensus;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jgroups.Address;
import org.jspecify.annotations.Nullable;

/**
 * What a leader knows of one other connected member. While the last common entry is looked for, one message is under way at
 * a time; then a window of them.
 */
final class Peer {
    private static final int WINDOW_MESSAGES = 32;
    private static final long WINDOW_BYTES = 4L << 20;

    final Address address;
    final String id;

    /** The last entry known to be the same as the leader's and durable there. */
    long match;

    /** The next entry to send. */
    long next;

    /** When this peer last answered in this term, by {@link System#nanoTime}. */
    long heardNanos;

    long sentNanos;
    long commitTold;

    @Nullable
    SnapshotTransfer transfer;

    private boolean searching = true;
    private final ArrayDeque<Sent> underWay = new ArrayDeque<>();
    private long bytesUnderWay;

    Peer(Address address, String id, long next, long nowNanos) {
        this.address = address;
        this.id = id;
        this.next = next;
        this.heardNanos = nowNanos;
        this.sentNanos = nowNanos;
    }

    boolean mayReceive() {
        if (transfer != null) {
            return false;
        }
        return searching ? underWay.isEmpty() : underWay.size() < WINDOW_MESSAGES && bytesUnderWay < WINDOW_BYTES;
    }

    boolean isIdle() {
        return underWay.isEmpty() && transfer == null;
    }

    void sent(long lastIndex, long bytes, long nowNanos) {
        underWay.add(new Sent(lastIndex, bytes));
        bytesUnderWay += bytes;
        next = lastIndex + 1;
        sentNanos = nowNanos;
    }

    /** The peer's log is the leader's up to there. */
    void matches(long index) {
        searching = false;
        match = Math.max(match, index);
        next = Math.max(next, match + 1);
        for (Sent sent = underWay.peek(); sent != null && sent.lastIndex <= match; sent = underWay.peek()) {
            underWay.remove();
            bytesUnderWay -= sent.bytes;
        }
    }

    /** The peer has not the entry before those that were sent, or another in its place. */
    void differs(long previousIndex, long hint) {
        if (previousIndex <= match || previousIndex >= next) {
            return; // a late answer: that position is settled, or given up already
        }
        next = Math.max(match + 1, Math.min(previousIndex, hint + 1));
        search();
    }

    /** Begins again behind the last certain entry: what was under way is taken for lost. */
    void resend() {
        next = match + 1;
        search();
    }

    private void search() {
        searching = true;
        underWay.clear();
        bytesUnderWay = 0;
    }

    private record Sent(long lastIndex, long bytes) {}

    /** A snapshot on its way, one piece at a time; meanwhile nothing else is sent. */
    static final class SnapshotTransfer {
        final long index;
        final long indexTerm;
        final ByteBuffer content;
        long received;

        /** When the piece behind {@link #received} was sent. */
        long pieceNanos;

        SnapshotTransfer(long index, long indexTerm, ByteBuffer content) {
            this.index = index;
            this.indexTerm = indexTerm;
            this.content = content;
        }

        ByteBuffer piece(int maxBytes) {
            int from = Math.toIntExact(received);
            return content.slice(content.position() + from, Math.min(maxBytes, content.remaining() - from));
        }
    }
}
