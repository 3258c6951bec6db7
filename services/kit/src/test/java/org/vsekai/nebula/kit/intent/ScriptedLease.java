package org.vsekai.nebula.kit.intent;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.vsekai.nebula.kit.ledger.ClaimAnswer;
import org.vsekai.nebula.kit.ledger.NodeLease;

/** A lease that is held, and whose claims fail where a test says so. */
class ScriptedLease implements NodeLease {
    /** What was asked for, in order. */
    final List<String> calls = new ArrayList<>();

    private long tokens = 100;

    /** What goes wrong with the next claim; empty: nothing. */
    Optional<Throwable> claimFailure = Optional.empty();

    /** What goes wrong with the next release; empty: nothing. */
    Optional<Throwable> releaseFailure = Optional.empty();

    @Override
    public String name() {
        return "node/test/1";
    }

    @Override
    public Duration timeToLive() {
        return Duration.ofSeconds(15);
    }

    @Override
    public Duration remaining(long token) {
        return timeToLive();
    }

    @Override
    public Optional<Long> findToken() {
        return Optional.of(1L);
    }

    @Override
    public Uni<Long> token(Duration patience) {
        return Uni.createFrom().item(1L);
    }

    @Override
    public Uni<ClaimAnswer> claim(String resource) {
        return Uni.createFrom().deferred(() -> {
            tokens++;
            calls.add("claim " + tokens);
            Optional<Throwable> failure = claimFailure;
            claimFailure = Optional.empty();
            return failure.map(it -> Uni.createFrom().<ClaimAnswer>failure(it))
                    .orElseGet(() -> Uni.createFrom().item(new ClaimAnswer.Claimed(resource, tokens)));
        });
    }

    @Override
    public Uni<Boolean> release(String resource, long token) {
        return Uni.createFrom().deferred(() -> {
            calls.add("release " + token);
            Optional<Throwable> failure = releaseFailure;
            releaseFailure = Optional.empty();
            return failure.map(it -> Uni.createFrom().<Boolean>failure(it))
                    .orElseGet(() -> Uni.createFrom().item(true));
        });
    }

    @Override
    public void onLoss(Consumer<Long> listener) {}

    @Override
    public void close() {}
}
