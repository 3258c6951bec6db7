package org.vsekai.nebula.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every object store does. */
public abstract class ObjectStoreContract {
    /** An empty store, the same one throughout a test. */
    protected abstract ObjectStore store();

    protected static byte[] noise(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private byte[] read(String path) throws IOException {
        try (ObjectStream stream = store().open(path)) {
            return stream.readAllBytes();
        }
    }

    private List<String> list(String folder) {
        try (Stream<StoredObject> objects = store().list(folder)) {
            return objects.map(StoredObject::path).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000})
    void givesBackWhatWasPut(int length) throws IOException {
        byte[] content = noise(1, length);
        assertThat(store().find("some/where.bin")).isEmpty();
        assertThat(store().putIfAbsent("some/where.bin", ObjectContent.of(content)))
                .isTrue();

        assertThat(read("some/where.bin")).isEqualTo(content);
        assertThat(store().find("some/where.bin")).hasValueSatisfying(object -> {
            assertThat(object.size()).isEqualTo(length);
            assertThat(object.path()).isEqualTo("some/where.bin");
            assertThat(object.version()).isNotBlank().doesNotContain("\"");
            assertThat(Duration.between(object.lastModified(), Instant.now()).abs())
                    .isLessThan(Duration.ofMinutes(5));
        });
    }

    @Test
    void tellsAMissingObjectFromOtherFaults() {
        assertThat(store().putIfAbsent("there", ObjectContent.of(noise(1, 1)))).isTrue();
        assertThat(store().find("not/there")).isEmpty();
        assertThatExceptionOfType(ObjectMissingException.class)
                .isThrownBy(() -> store().open("not/there").close())
                .satisfies(e -> assertThat(e.path()).isEqualTo("not/there"))
                .satisfies(e -> assertThat(e.store()).isEqualTo(store().name()));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0, 10",
        "5, 7",
        "999, 100",
        "1000, 5",
        "2000, 5",
        "0, 9223372036854775807",
        "7, 9223372036854775807"
    })
    void opensAnyPart(int offset, long length) throws IOException {
        byte[] content = noise(2, 1000);
        store().put("part", ObjectContent.of(content));
        int from = Math.min(offset, content.length);
        int to = (int) Math.min(content.length, from + Math.min(length, content.length));
        try (ObjectStream stream = store().open("part", offset, length)) {
            assertThat(stream.object().size()).isEqualTo(content.length);
            assertThat(stream.length()).isEqualTo(to - from);
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, from, to));
        }
    }

    @Test
    void streamMayBeLeftHalfRead() throws IOException {
        store().put("left", ObjectContent.of(noise(3, 3_000_000)));
        for (int i = 0; i < 20; i++) {
            try (ObjectStream stream = store().open("left")) {
                assertThat(stream.readNBytes(10)).hasSize(10);
            }
        }
        assertThat(read("left")).hasSize(3_000_000);
    }

    @Test
    void keepsTheFirstUnlessToldToReplace() throws IOException {
        byte[] first = noise(4, 5000);
        byte[] second = noise(5, 6000);
        assertThat(store().putIfAbsent("a", ObjectContent.of(first))).isTrue();
        String version = store().find("a").orElseThrow().version();
        assertThat(store().putIfAbsent("a", ObjectContent.of(second))).isFalse();
        assertThat(read("a")).isEqualTo(first);
        assertThat(store().find("a").orElseThrow().version()).isEqualTo(version);

        store().put("a", ObjectContent.of(second));
        assertThat(read("a")).isEqualTo(second);
        assertThat(store().find("a").orElseThrow().version()).isNotEqualTo(version);
    }

    @Test
    void oneOfManyWritersIsTheFirst() throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> writers = IntStream.range(0, 8)
                    .<Callable<Boolean>>mapToObj(
                            i -> () -> store().putIfAbsent("race", ObjectContent.of(noise(10 + i, 40_000))))
                    .toList();
            int winners = 0;
            int winner = -1;
            List<Future<Boolean>> done = pool.invokeAll(writers);
            for (int i = 0; i < done.size(); i++) {
                if (done.get(i).get()) {
                    winners++;
                    winner = i;
                }
            }
            assertThat(winners).isEqualTo(1);
            assertThat(read("race")).isEqualTo(noise(10 + winner, 40_000));
        }
    }

    @Test
    void takesLargeObjectsInBothWays() throws IOException {
        byte[] content = noise(6, 18 << 20);
        assertThat(store().putIfAbsent("large", ObjectContent.of(content))).isTrue();
        assertThat(read("large")).isEqualTo(content);
        assertThat(store().putIfAbsent("large", ObjectContent.of(noise(7, 17 << 20))))
                .isFalse();
        byte[] other = noise(8, 19 << 20);
        store().put("large", ObjectContent.of(other));
        assertThat(read("large")).isEqualTo(other);
        assertThat(list("")).containsExactly("large");
    }

    @Test
    void listsWhatIsBelowAFolder() {
        for (String path : List.of("a/x", "a/b/y", "ab/z", "c", "a-b")) {
            store().put(path, ObjectContent.of(noise(9, 10)));
        }
        assertThat(list("a")).containsExactlyInAnyOrder("a/x", "a/b/y");
        assertThat(list("a/b")).containsExactly("a/b/y");
        assertThat(list("")).containsExactlyInAnyOrder("a/x", "a/b/y", "ab/z", "c", "a-b");
        assertThat(list("none")).isEmpty();
        try (Stream<StoredObject> objects = store().list("a/b")) {
            assertThat(objects).singleElement().satisfies(object -> assertThat(object.size())
                    .isEqualTo(10));
        }
    }

    @Test
    void objectRemovedWithinATimeIsGone() {
        store().put("a/b", ObjectContent.of(noise(9, 10)));
        store().removeWithin("a/b", Duration.ofSeconds(30));
        assertThat(store().find("a/b")).isEmpty();
        store().removeWithin("a/b", Duration.ofSeconds(30));
    }

    @Test
    void removedObjectIsGone() {
        store().put("a/b", ObjectContent.of(noise(9, 10)));
        assertThat(store().remove("a/b")).isTrue();
        assertThat(store().find("a/b")).isEmpty();
        assertThat(store().remove("a/b")).isFalse();
        assertThat(list("a")).isEmpty();
    }

    @Test
    void contentThatBreaksOffLeavesNothing() {
        store().put("other", ObjectContent.of(noise(9, 10)));
        ObjectContent breaking =
                content(200_000, () -> new FilterInputStream(new ByteArrayInputStream(noise(1, 200_000))) {
                    private int given;

                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        if (given > 100_000) {
                            throw new IOException("the disk of the content is broken");
                        }
                        int n = super.read(target, offset, Math.min(length, 10_000));
                        given += n;
                        return n;
                    }
                });
        ObjectContent tooShort = content(200_000, () -> new ByteArrayInputStream(noise(1, 150_000)));
        for (ObjectContent bad : List.of(breaking, tooShort)) {
            assertThatThrownBy(() -> store().putIfAbsent("broken", bad)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> store().put("broken", bad)).isInstanceOf(RuntimeException.class);
        }
        assertThat(store().find("broken")).isEmpty();
        assertThat(list("")).containsExactly("other");
    }

    private static ObjectContent content(long size, Callable<InputStream> open) {
        return new ObjectContent() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() throws IOException {
                try {
                    return open.call();
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/a", "a/", "a//b", "../x", "a/../b", ".tmp-1", "a/.b", "a\\b", "a b", "grün", "a\0b", "a?b"
            })
    void refusesPathsThatNotEveryStoreCanHold(String path) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> store().put(path, ObjectContent.of(new byte[1])));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> store().find(path));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> store().open(path).close());
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> store().remove(path));
    }
}
