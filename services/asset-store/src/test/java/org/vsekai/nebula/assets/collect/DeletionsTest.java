package org.vsekai.nebula.assets.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.casync.StoreUnavailableException;

class DeletionsTest {
    private static final Duration LEASE = Duration.ofSeconds(12);

    private final Deletions deletions = new Deletions();
    private final List<Duration> tries = new ArrayList<>();
    private Duration remaining = LEASE;

    private final Turn turn = new Turn(7, Optional.empty(), LEASE, () -> remaining);

    @Test
    void deletionEndsBeforeTheLeaseDoes() {
        remaining = Duration.ofSeconds(4);
        deletions.carryOut(turn, tries::add);
        assertThat(tries).containsExactly(Duration.ofSeconds(3));
    }

    @Test
    void nothingIsDeletedWhenTheLeaseMayEndMeanwhile() {
        remaining = Duration.ofSeconds(4).minusNanos(1);
        assertThatThrownBy(() -> deletions.carryOut(turn, tries::add)).isInstanceOf(RunEndedException.class);
        assertThat(tries).isEmpty();
    }

    @Test
    void eachTryHasToFitIntoTheLease() {
        assertThatThrownBy(() -> deletions.carryOut(turn, within -> {
                    tries.add(within);
                    remaining = remaining.minus(Duration.ofSeconds(5));
                    throw new StoreUnavailableException("s3://bucket", "no answer", null);
                }))
                .isInstanceOf(RunEndedException.class);
        assertThat(tries).hasSize(2);
    }

    @Test
    void storeThatStaysAwayIsTheOutcome() {
        assertThatThrownBy(() -> deletions.carryOut(turn, within -> {
                    tries.add(within);
                    throw new StoreUnavailableException("s3://bucket", "no answer", null);
                }))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(tries).hasSize(4);
    }

    @Test
    void nothingMoreIsDeletedWhenTheServiceStops() {
        assertThatThrownBy(() -> deletions.carryOut(turn, within -> {
                    tries.add(within);
                    deletions.stop();
                    throw new StoreUnavailableException("s3://bucket", "no answer", null);
                }))
                .isInstanceOf(RunEndedException.class);
        assertThat(tries).hasSize(1);
    }
}
