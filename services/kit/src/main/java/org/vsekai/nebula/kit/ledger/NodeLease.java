package org.vsekai.nebula.kit.ledger;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The one lease of this process, {@code node/{service}/{uuid}}, under which it claims whatever it owns. Injected where a
 * ledger is configured; {@link #start} makes one by hand.
 *
 * <p>It is acquired at the start, renewed at a third of its time to live, and acquired anew, with a new token, when it was
 * lost. Whether it is still held is judged by this machine's monotonic clock, counted from when the last successful renewal
 * was <em>sent</em>: so it is given up here before anyone else can be granted what hung under it. At shutdown it is
 * released, so that nobody has to wait for its end.
 *
 * <p>A process that was paused does not know. So whatever is written under the lease carries a fencing token; that the
 * lease looks held is no permission.
 *
 * <p>Thread-safe.
 */
public interface NodeLease extends AutoCloseable {
    /**
     * Begins to acquire the lease and to keep it.
     *
     * @param service the name in the lease's own
     * @param timeToLive 1 second to 10 minutes
     */
    static NodeLease start(LedgerClient client, String service, Duration timeToLive) {
        return RenewedNodeLease.start(client, service, timeToLive);
    }

    /** {@code node/{service}/{uuid}}, for the whole life of this process. */
    String name();

    /** From one renewal to the end, in the ledger's time; it is renewed each third of it. */
    Duration timeToLive();

    /** The lease's token, while it is surely held. */
    Optional<Long> findToken();

    /** For how long the lease with this token is surely held yet; zero if it is not. */
    Duration remaining(long token);

    /**
     * The lease's token, as soon as it is held.
     *
     * @param patience after this it fails with {@link LedgerUnavailableException}
     */
    Uni<Long> token(Duration patience);

    /**
     * Claims a resource under the lease. Answers {@link ClaimAnswer.LeaseLost} while there is none; else as
     * {@link LedgerClient#claim}.
     */
    Uni<ClaimAnswer> claim(String resource);

    /** Gives a claim back; false if it was gone already. */
    Uni<Boolean> release(String resource, long token);

    /**
     * Whoever wants to know at once that the lease, and with it each claim, is lost. Called with the lost token, on a thread
     * that may not be blocked; a failure is logged.
     */
    void onLoss(Consumer<Long> listener);

    /** Releases the lease, as well as that can be done quickly, and stops. */
    @Override
    void close();
}
