package org.vsekai.nebula.casync;

import org.jspecify.annotations.Nullable;

/** A store could not be asked, or refused to answer: whether it holds the chunk is unknown. */
public final class StoreUnavailableException extends CasyncException {
    private final String store;
    private final String reason;

    public StoreUnavailableException(String store, String reason, @Nullable Throwable cause) {
        super("store %s is unavailable: %s".formatted(store, reason), cause);
        this.store = store;
        this.reason = reason;
    }

    @Override
    public String code() {
        return "store-unavailable";
    }

    public String store() {
        return store;
    }

    public String reason() {
        return reason;
    }
}
