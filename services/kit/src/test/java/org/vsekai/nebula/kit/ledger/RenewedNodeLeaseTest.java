package org.vsekai.nebula.kit.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.testing.ScriptedLedger;

/** Acquiring, against a ledger that leaves answers out. What a real one makes of it is tested where it is hosted. */
class RenewedNodeLeaseTest {
    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(3);

    /** Moves only when a test says so. */
    private final AtomicLong nanos = new AtomicLong(1_000_000_000L);

    private final List<UUID> acquisitions = new CopyOnWriteArrayList<>();
    private @Nullable NodeLease lease;

    private interface Script {
        Uni<LeaseAnswer> answer(int number);
    }

    private NodeLease start(Script script) {
        lease = RenewedNodeLease.start(
                new ScriptedLedger() {
                    @Override
                    public Uni<LeaseAnswer> acquireLease(
                            UUID requestId, String name, String holder, Duration timeToLive) {
                        acquisitions.add(requestId);
                        return script.answer(acquisitions.size());
                    }

                    @Override
                    public Uni<LeaseAnswer> renewLease(UUID requestId, String name, long token) {
                        return Uni.createFrom().item(new LeaseAnswer.Lost());
                    }

                    @Override
                    public Uni<Boolean> releaseLease(UUID requestId, String name, long token) {
                        return Uni.createFrom().item(true);
                    }
                },
                "test",
                TIME_TO_LIVE,
                nanos::get);
        return lease;
    }

    @AfterEach
    void stop() {
        if (lease != null) {
            lease.close();
        }
    }

    private static Uni<LeaseAnswer> granted(long token) {
        return Uni.createFrom()
                .item(new LeaseAnswer.Granted(new HeldLease("node/test", "node/test", token, TIME_TO_LIVE)));
    }

    private static Uni<LeaseAnswer> open() {
        return Uni.createFrom().failure(() -> new LedgerOutcomeUnknownException(UUID.randomUUID(), null));
    }

    private static Uni<LeaseAnswer> unavailable() {
        return Uni.createFrom().failure(() -> new LedgerUnavailableException("no majority", null));
    }

    private static <T> Uni<T> never() {
        return Uni.createFrom().emitter(emitter -> {});
    }

    @Test
    void acquisitionThatIsLeftOpenIsSentAgainUnderItsOwnRequestIdAndCountsFromItsFirstTry() {
        NodeLease started = start(number -> {
            if (number < 4) {
                nanos.addAndGet(TIME_TO_LIVE.toNanos() / 10);
                return number == 2 ? unavailable() : open();
            }
            return number == 4 ? granted(7) : never();
        });
        eventually(() -> assertThat(started.findToken()).contains(7L));
        assertThat(acquisitions.subList(0, 4)).containsOnly(acquisitions.getFirst());

        // A tenth less than the whole is counted on, of which three are over.
        assertThat(started.remaining(7)).isEqualTo(TIME_TO_LIVE.dividedBy(10).multipliedBy(6));
        assertThat(started.remaining(6)).isZero();
        nanos.addAndGet(TIME_TO_LIVE.toNanos() / 10 * 6);
        assertThat(started.findToken()).isEmpty();
        assertThat(started.remaining(7)).isZero();
    }

    @Test
    void acquisitionThatWasCertainlyNotMadeIsFollowedByAnother() {
        NodeLease started = start(number -> number == 1 ? unavailable() : number == 2 ? granted(7) : never());
        eventually(() -> assertThat(started.findToken()).contains(7L));
        assertThat(acquisitions.subList(0, 2)).doesNotHaveDuplicates();
    }

    @Test
    void requestIdIsNotSentForLongerThanAMinute() {
        NodeLease started = start(number -> {
            if (number == 2) {
                nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            }
            return number < 3 ? open() : number == 3 ? granted(7) : never();
        });
        eventually(() -> assertThat(started.findToken()).isEqualTo(Optional.of(7L)));
        assertThat(acquisitions.get(1)).isEqualTo(acquisitions.get(0));
        assertThat(acquisitions.get(2)).isNotEqualTo(acquisitions.get(0));
    }

    @Test
    void leaseThatWasGrantedPerhapsTooLongAgoIsAcquiredAnew() {
        NodeLease started = start(number -> {
            if (number == 1) {
                nanos.addAndGet(TIME_TO_LIVE.toNanos());
            }
            return number < 3 ? granted(number) : never();
        });
        eventually(() -> assertThat(started.findToken()).contains(2L));
        assertThat(acquisitions.subList(0, 2)).doesNotHaveDuplicates();
    }
}
