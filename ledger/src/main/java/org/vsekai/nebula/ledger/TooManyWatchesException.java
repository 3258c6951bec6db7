package org.vsekai.nebula.ledger;

/** One more watcher than a member serves. Close one, or ask another member. */
public final class TooManyWatchesException extends LedgerException {
    public TooManyWatchesException(int limit) {
        super("this member already serves %d watches, its limit".formatted(limit), null);
    }

    @Override
    public String code() {
        return "too-many-watches";
    }
}
