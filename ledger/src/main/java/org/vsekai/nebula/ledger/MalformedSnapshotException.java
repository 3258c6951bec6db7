package org.vsekai.nebula.ledger;

/** State that no member should start from. It names the byte at which the fault was seen. */
public final class MalformedSnapshotException extends LedgerException {
    private final long offset;

    public MalformedSnapshotException(long offset, String reason) {
        super("malformed snapshot at byte %d: %s".formatted(offset, reason), null);
        this.offset = offset;
    }

    @Override
    public String code() {
        return "malformed-snapshot";
    }

    /** Bytes from the start of the state machine's part of the snapshot. */
    public long offset() {
        return offset;
    }
}
