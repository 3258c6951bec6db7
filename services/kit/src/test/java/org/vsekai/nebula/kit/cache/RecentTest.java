package org.vsekai.nebula.kit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecentTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Vertx vertx = Vertx.vertx();
    private final List<UniEmitter<? super String>> readings = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private CompletableFuture<String> ask(Recent<String, String> recent) {
        return recent.get("key", () -> Uni.createFrom().emitter(readings::add)).subscribeAsCompletionStage();
    }

    @Test
    void whoAsksMeanwhileWaitsForTheSameReading() {
        Recent<String, String> recent = new Recent<>(vertx, LONG, 10);
        CompletableFuture<String> first = ask(recent);
        CompletableFuture<String> second = ask(recent);
        assertThat(readings).hasSize(1);

        readings.getFirst().complete("read");
        eventually(() -> assertThat(List.of(first, second)).allMatch(CompletableFuture::isDone));
        assertThat(second).isCompletedWithValue("read");
        assertThat(ask(recent)).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("read");
        assertThat(readings).hasSize(1);
    }

    @Test
    void readingThatWasBegunTooLongAgoIsNotJoined() {
        Recent<String, String> recent = new Recent<>(vertx, Duration.ofMillis(1), 10);
        CompletableFuture<String> first = ask(recent);
        CompletableFuture<?>[] later = new CompletableFuture<?>[1];
        eventually(() -> {
            later[0] = ask(recent);
            assertThat(readings).hasSizeGreaterThan(1);
        });

        readings.getLast().complete("new");
        eventually(() -> assertThat(later[0].getNow(null)).isEqualTo("new"));
        assertThat(first)
                .as("what is being read is still the answer to who asked for it")
                .isNotDone();
        readings.getFirst().complete("old");
        assertThat(first).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("old");
    }

    @Test
    void failureIsTheAnswerAndIsNotRemembered() {
        Recent<String, String> recent = new Recent<>(vertx, LONG, 10);
        CompletableFuture<String> first = ask(recent);
        readings.getFirst().fail(new IllegalStateException("down"));
        assertThat(first).failsWithin(Duration.ofSeconds(10));
        eventually(() -> {
            var unused = ask(recent);
            assertThat(readings).hasSize(2);
        });
    }
}
