package org.vsekai.nebula.assets.pin;

import java.time.Instant;

/** An owner's hold on an index and every chunk that it names. */
public record Pin(String owner, String indexName, State state, Instant insertedAt) {
    public enum State {
        /** What owns the pin does not exist yet. */
        PENDING,
        CONFIRMED
    }
}
