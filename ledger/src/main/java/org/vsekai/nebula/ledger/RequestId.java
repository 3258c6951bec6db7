package org.vsekai.nebula.ledger;

import java.util.UUID;

/**
 * Names one wish of a caller, however often it is sent. A command with a request id that was seen before is answered with
 * the first one's result and changes nothing; see {@link LedgerLimits} for how long ids are remembered. A caller must not
 * send an id again later than a minute after the first time.
 */
public record RequestId(UUID value) {
    public static RequestId random() {
        return new RequestId(UUID.randomUUID());
    }

    /**
     * Reads the 36 characters of a UUID.
     *
     * @throws InvalidCommandException when they are not one
     */
    public static RequestId parse(String text) {
        return new RequestId(Rules.uuid("requestId", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
