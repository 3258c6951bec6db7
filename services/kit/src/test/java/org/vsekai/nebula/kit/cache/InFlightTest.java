package org.vsekai.nebula.kit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private final InFlight calls = new InFlight(1);

    @Test
    void callCountsUntilItIsAnsweredAlthoughNobodyWaitsAnyMore() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        CompletableFuture<String> waitedFor = calls.begin(() -> answer).orElseThrow();
        assertThatThrownBy(() -> Uni.createFrom()
                        .completionStage(waitedFor)
                        .ifNoItem()
                        .after(Duration.ofMillis(10))
                        .fail()
                        .await()
                        .indefinitely())
                .isInstanceOf(TimeoutException.class);

        assertThat(answer).as("the call goes on").isNotDone();
        assertThat(calls.begin(() -> answer)).isEmpty();

        answer.complete("late");
        assertThat(calls.begin(CompletableFuture::new)).isPresent();
    }

    @Test
    void callThatIsCancelledCountsNoMoreOnceItHasFailed() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        calls.begin(() -> answer).orElseThrow().cancel(false);
        assertThat(calls.begin(() -> answer)).isEmpty();

        answer.completeExceptionally(new IllegalStateException("gone"));
        assertThat(calls.begin(CompletableFuture::new)).isPresent();
    }

    @Test
    void callThatCannotBeginDoesNotCount() {
        assertThatThrownBy(() -> calls.begin(() -> {
                    throw new IllegalStateException("no connection");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(calls.begin(CompletableFuture::new)).isPresent();
    }
}
