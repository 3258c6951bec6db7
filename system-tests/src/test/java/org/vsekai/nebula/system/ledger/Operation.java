package org.vsekai.nebula.system.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a client asks for, named as {@code tools/linearizability} reads it. */
record Operation(String operation, String key, Arguments arguments) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Arguments(
            @Nullable Long delta,
            @Nullable Long expected,
            @Nullable Long value,
            @Nullable String holder,
            @Nullable Long ttl,
            @Nullable Long token) {}

    static Operation get(String counter) {
        return new Operation("get", counter, new Arguments(null, null, null, null, null, null));
    }

    static Operation add(String counter, long delta) {
        return new Operation("add", counter, new Arguments(delta, null, null, null, null, null));
    }

    static Operation swap(String counter, long expected, long value) {
        return new Operation("swap", counter, new Arguments(null, expected, value, null, null, null));
    }

    static Operation acquire(String lease, String holder, Duration ttl) {
        return new Operation("acquire", lease, new Arguments(null, null, null, holder, ttl.toNanos(), null));
    }

    static Operation renew(String lease, long token) {
        return new Operation("renew", lease, new Arguments(null, null, null, null, null, token));
    }

    static Operation release(String lease, long token) {
        return new Operation("release", lease, new Arguments(null, null, null, null, null, token));
    }

    static Operation find(String lease) {
        return new Operation("find", lease, new Arguments(null, null, null, null, null, null));
    }

    boolean isRead() {
        return operation.equals("get") || operation.equals("find");
    }

    /** What the ledger told; which parts there are depends on the operation. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            @Nullable Boolean done,
            @Nullable Long value,
            @Nullable String holder,
            @Nullable Long token) {

        static Answer value(long value) {
            return new Answer(null, value, null, null);
        }

        static Answer done(boolean done) {
            return new Answer(done, null, null, null);
        }

        static Answer swapped() {
            return done(true);
        }

        static Answer notSwapped(long actual) {
            return new Answer(false, actual, null, null);
        }

        static Answer acquired(long token) {
            return new Answer(true, null, null, token);
        }

        static Answer inTheWay(String holder) {
            return new Answer(false, null, holder, null);
        }

        static Answer heldBy(String holder, long token) {
            return new Answer(true, null, holder, token);
        }
    }
}
