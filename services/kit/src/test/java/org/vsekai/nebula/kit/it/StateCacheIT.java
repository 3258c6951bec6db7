package org.vsekai.nebula.kit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.cache.CacheUnavailableException;
import org.vsekai.nebula.kit.cache.SharedCaches;
import org.vsekai.nebula.kit.cache.StateCache;
import org.vsekai.nebula.kit.testing.NebulaCache;

@QuarkusTest
@QuarkusTestResource(KitDatabase.class)
@QuarkusTestResource(NebulaCache.class)
class StateCacheIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    SharedCaches caches;

    private final String key = "key " + UUID.randomUUID();
    private StateCache cache;

    @BeforeEach
    void open() {
        NebulaCache.node().restart(0);
        cache = caches.openState("kit-state-v1", Duration.ofHours(1), Duration.ofSeconds(1));
        eventually(() -> assertThat(isAnswering()).isTrue());
    }

    private boolean isAnswering() {
        return cache.find(key)
                .map(found -> true)
                .onFailure(CacheUnavailableException.class)
                .recoverWithItem(false)
                .await()
                .atMost(PATIENCE);
    }

    private StateCache.Found find() {
        return cache.find(key).await().atMost(PATIENCE).orElseThrow();
    }

    @Test
    void entryIsReplacedByItsVersionAlone() {
        assertThat(cache.find(key).await().atMost(PATIENCE)).isEmpty();
        assertThat(cache.replaceIf(key, new byte[] {9}, 1).await().atMost(PATIENCE))
                .isFalse();
        assertThat(cache.putIfAbsent(key, new byte[] {1, 0}).await().atMost(PATIENCE))
                .isTrue();
        assertThat(cache.putIfAbsent(key, new byte[] {2}).await().atMost(PATIENCE))
                .isFalse();
        StateCache.Found first = find();
        assertThat(first.bytes()).containsExactly(1, 0);

        assertThat(cache.replaceIf(key, new byte[] {3}, first.version()).await().atMost(PATIENCE))
                .isTrue();
        assertThat(cache.replaceIf(key, new byte[] {4}, first.version()).await().atMost(PATIENCE))
                .isFalse();
        StateCache.Found second = find();
        assertThat(second.bytes()).containsExactly(3);
        assertThat(second.version()).isNotEqualTo(first.version());

        cache.put(key, new byte[] {3}).await().atMost(PATIENCE);
        assertThat(cache.replaceIf(key, new byte[] {5}, second.version())
                        .await()
                        .atMost(PATIENCE))
                .as("the same bytes are another version")
                .isFalse();
        cache.remove(key).await().atMost(PATIENCE);
        cache.remove(key).await().atMost(PATIENCE);
        assertThat(cache.find(key).await().atMost(PATIENCE)).isEmpty();
    }

    @Test
    void callsFailWhileTheClusterIsAwayAndGoOnWithAnEmptyOne() {
        cache.put(key, new byte[1 << 16]).await().atMost(PATIENCE);
        assertThat(find().bytes()).hasSize(1 << 16);
        NebulaCache.node().kill(0);
        assertThatExceptionOfType(CacheUnavailableException.class)
                .isThrownBy(() -> cache.find(key).await().atMost(PATIENCE));
        assertThatExceptionOfType(CacheUnavailableException.class)
                .isThrownBy(() -> cache.putIfAbsent(key, new byte[1]).await().atMost(PATIENCE));
        NebulaCache.node().restart(0);
        eventually(() -> assertThat(isAnswering()).isTrue());
        assertThat(cache.find(key).await().atMost(PATIENCE)).isEmpty();
    }
}
