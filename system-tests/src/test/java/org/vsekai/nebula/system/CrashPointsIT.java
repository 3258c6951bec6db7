package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.Chunker;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.index.FeatureFlags;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.Stores;

/**
 * A publish, a deletion and a collection are killed at every boundary between two of their steps: the service that does it, the
 * asset-store that it calls, and the leader of the ledger, each by SIGKILL while a relay holds the write exactly there. After
 * recovery the write has happened wholly or not at all, and what is left over is collected. {@code -Dnebula.crash.points=REGEX}
 * runs some of the points only.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrashPointsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String MODE = "crash";
    private static final String POINTS = System.getProperty("nebula.crash.points", ".*");

    /** Who is killed. */
    private enum Victim {
        WRITER,
        ASSET_STORE,
        LEADER
    }

    private static final List<String> PUBLISHING = List.of(
            "before BeginIntent",
            "after BeginIntent",
            "after Pin",
            "after VerifyIndex",
            "after PutManifest",
            "before COMMIT of versions",
            "after COMMIT of versions",
            "after ConfirmPin",
            "after CommitIntent");

    private static final List<String> DELETING = List.of(
            "before BeginIntent",
            "after BeginIntent",
            "before COMMIT without versions",
            "after COMMIT without versions",
            "after Unpin",
            "after CommitIntent");

    /** The first sentence is of an index, the second of chunks. */
    private static final List<String> COLLECTING = List.of(
            "after ClaimResource",
            "after BeginIntent",
            "after COMMIT of condemned",
            "before COMMIT of condemned #2",
            "after COMMIT of condemned #2",
            "before COMMIT without condemned #2",
            "after COMMIT without condemned #2",
            "after CommitIntent");

    private static final Map<String, String> TABLE = new LinkedHashMap<>();

    @TempDir
    static Path scratch;

    private static CrashStack stack;
    private static long seed;
    private static int versions;

    @BeforeAll
    static void start() throws Exception {
        seed = Long.getLong("nebula.crash.seed", System.nanoTime());
        System.out.println("CrashPointsIT seed: -Dnebula.crash.seed=" + seed);
        stack = new CrashStack();
        assertThat(stack.send("POST", stack.updater.uri("api/v1/modes"), json("{'name':'" + MODE + "'}"))
                        .status())
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() throws Exception {
        System.out.printf("%-14s %-34s %-12s %s%n", "write", "killed", "victim", "answer; afterwards");
        TABLE.forEach((point, outcome) -> System.out.println(point + " " + outcome));
        stack.close();
    }

    /** A small build: some chunks that every build has, and some of its own. */
    private record Build(String index, byte[] indexBytes, Map<ChunkId, byte[]> chunks) {
        static Build of(long number) throws IOException {
            Path folder = Files.createTempDirectory(scratch, "build-");
            Files.write(folder.resolve("shared"), bytes(seed, 150_000));
            Files.write(folder.resolve("zzz-own"), bytes(seed + number, 150_000));
            byte[] archive;
            try (ArchiveLayout layout = ArchiveLayout.ofFolder(folder, ArchiveOptions.publishing())) {
                archive = new byte[Math.toIntExact(layout.size())];
                layout.read(0, archive, 0, archive.length);
            }
            ChunkIndex.Builder index = ChunkIndex.builder(ChunkSizes.DEFAULT, FeatureFlags.FEATURES_ARCHIVE);
            Map<ChunkId, byte[]> chunks = new LinkedHashMap<>();
            Chunker chunker = new Chunker(new ByteArrayInputStream(archive), ChunkSizes.DEFAULT);
            while (chunker.next() > 0) {
                ChunkId id = chunker.id(ChunkDigest.SHA512_256);
                index.add(chunker.length(), id);
                chunks.put(id, ChunkCodec.compress(chunker.buffer(), chunker.offset(), chunker.length()));
            }
            byte[] bytes = ChunkIndexCodec.toBytes(index.build());
            return new Build(Hashes.sha256(bytes) + ".caidx", bytes, chunks);
        }

        private static byte[] bytes(long seed, int count) {
            byte[] bytes = new byte[count];
            new Random(seed).nextBytes(bytes);
            return bytes;
        }
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static String nextVersion() {
        return "0.1." + ++versions;
    }

    private static Build upload() throws Exception {
        Build build = Build.of(1000 + versions);
        for (Map.Entry<ChunkId, byte[]> chunk : build.chunks.entrySet()) {
            put("chunks/" + Stores.path(chunk.getKey()), chunk.getValue());
        }
        put("indexes/" + build.index, build.indexBytes);
        return build;
    }

    private static void put(String path, byte[] body) throws InterruptedException {
        assertThat(stack.send("PUT", stack.assetStore.uri(path), body).status())
                .as("PUT %s", path)
                .isEqualTo(200);
    }

    private static CrashStack.Answer publish(CrashStack.Program updater, String version, Build build)
            throws InterruptedException {
        return stack.send(
                "POST",
                updater.uri("api/v1/modes/" + MODE + "/versions"),
                json("{'version':'" + version + "','index':'" + build.index + "'}"));
    }

    private static CrashStack.Answer look(String version) throws InterruptedException {
        return stack.send("GET", stack.updater.uri("api/v1/modes/" + MODE + "/versions/" + version), new byte[0]);
    }

    private static <T> CompletableFuture<T> beside(Callable<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    private static CrashStack.Program victim(Victim victim, CrashStack.Program writer) throws InterruptedException {
        return switch (victim) {
            case WRITER -> writer;
            case ASSET_STORE -> stack.assetStore;
            case LEADER -> stack.leader();
        };
    }

    /** Holds the write at the step, kills, and starts what was killed again. @return how the caller was answered */
    private static CrashStack.Answer crash(
            String step, Victim victim, CrashStack.Program writer, Callable<CrashStack.Answer> write) throws Exception {
        CrashStack.Program killed = victim(victim, writer);
        StepGates.Gate gate = stack.gates.arm(step);
        CompletableFuture<CrashStack.Answer> answer = beside(write);
        try {
            gate.awaitReached();
        } catch (AssertionError e) {
            throw new AssertionError("steps seen: " + stack.gates.seen(), e);
        }
        killed.kill();
        if (killed == writer) {
            gate.lose();
        } else {
            gate.letGo();
        }
        killed.launch();
        killed.awaitReady();
        CrashStack.Answer answered = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        stack.awaitNothingPending();
        return answered;
    }

    private static boolean isWanted(String point) {
        return point.matches(POINTS);
    }

    private static String point(String write, String step, Victim victim) {
        return "%-14s %-34s %-12s".formatted(write, step, victim.name().toLowerCase(java.util.Locale.ROOT));
    }

    /** Wholly there, with every chunk, or not at all. */
    private static boolean requireWhole(String version, Build build) throws Exception {
        CrashStack.Answer found = look(version);
        Map<String, String> pins = stack.pins();
        if (found.status() == 404) {
            return false;
        }
        assertThat(found.status()).as("%s: %s", version, found.body()).isEqualTo(200);
        JsonNode row = found.json();
        assertThat(pins)
                .as("the pin of %s", version)
                .containsEntry(row.path("id").asText(), "CONFIRMED");
        for (ChunkId chunk : build.chunks.keySet()) {
            assertThat(stack.statusOf("GET", stack.assetStore.uri("chunks/" + Stores.path(chunk))))
                    .as("chunk %s of %s", chunk, version)
                    .isEqualTo(200);
        }
        return true;
    }

    /** There is one confirmed pin for each version and no other. */
    private static void requireNoPinTooMany() throws Exception {
        JsonNode items = stack.send(
                        "GET", stack.updater.uri("api/v1/modes/" + MODE + "/versions?limit=1000"), new byte[0])
                .json()
                .path("items");
        List<String> ids = new ArrayList<>();
        items.forEach(item -> ids.add(item.path("id").asText()));
        Map<String, String> pins = stack.pins();
        assertThat(pins.keySet()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(pins.values()).containsOnly("CONFIRMED");
    }

    @Test
    @Order(1)
    void aKilledPublishLeavesTheWholeVersionOrNothing() throws Exception {
        for (String step : PUBLISHING) {
            for (Victim victim : Victim.values()) {
                String point = point("publish", step, victim);
                if (!isWanted(point)) {
                    continue;
                }
                String version = nextVersion();
                Build build = upload();
                CrashStack.Answer answer =
                        crash(step, victim, stack.updater, () -> publish(stack.updater, version, build));
                boolean isThere = requireWhole(version, build);
                if (answer.status() == 201 || answer.status() == 200) {
                    assertThat(isThere).as("%s was answered", point).isTrue();
                }
                requirePinsOf(version, isThere);
                CrashStack.Answer again = publish(stack.updater, version, build);
                assertThat(again.status())
                        .as("%s, then published again: %s", point, again.body())
                        .isEqualTo(isThere ? 200 : 201);
                assertThat(requireWhole(version, build)).isTrue();
                TABLE.put(point, answer.status() + "; " + (isThere ? "the whole version" : "nothing"));
            }
        }
        requireNoPinTooMany();
    }

    private static void requirePinsOf(String version, boolean isThere) throws SQLException {
        if (!isThere) {
            assertThat(stack.pins().values())
                    .as("pins, %s is not there", version)
                    .doesNotContain("PENDING");
        }
    }

    @Test
    @Order(2)
    void aKilledDeletionLeavesTheWholeVersionOrNothing() throws Exception {
        for (String step : DELETING) {
            for (Victim victim : Victim.values()) {
                String point = point("delete", step, victim);
                if (!isWanted(point)) {
                    continue;
                }
                String version = nextVersion();
                Build build = upload();
                assertThat(publish(stack.updater, version, build).status()).isEqualTo(201);
                CrashStack.Answer answer = crash(
                        step,
                        victim,
                        stack.updater,
                        () -> stack.send(
                                "DELETE",
                                stack.updater.uri("api/v1/modes/" + MODE + "/versions/" + version),
                                new byte[0]));
                boolean isThere = requireWhole(version, build);
                if (answer.status() == 204) {
                    assertThat(isThere).as("%s was answered", point).isFalse();
                }
                requireNoPinTooMany();
                TABLE.put(point, answer.status() + "; " + (isThere ? "the whole version" : "nothing"));
            }
        }
    }

    @Test
    @Order(5)
    void aKilledCollectionLosesNothingAndLeavesNothing() throws Exception {
        String keptVersion = nextVersion();
        Build kept = upload();
        assertThat(publish(stack.updater, keptVersion, kept).status()).isEqualTo(201);
        for (String step : COLLECTING) {
            for (Victim victim : List.of(Victim.WRITER, Victim.LEADER)) {
                String point = point("collect", step, victim);
                if (!isWanted(point)) {
                    continue;
                }
                String version = nextVersion();
                Build garbage = upload();
                CrashStack.Answer started = crash(step, victim, stack.assetStore, CrashPointsIT::collect);
                awaitCollected();
                assertThat(requireWhole(keptVersion, kept)).isTrue();
                requireCollected(garbage, kept, point + " " + version);
                TABLE.put(point, started.status() + "; collected, nothing lost");
            }
        }
    }

    /** After all that was killed, a collection leaves what the remaining versions need and nothing else. */
    @Test
    @Order(6)
    void aLaterCollectionLeavesNoOrphan() throws Exception {
        JsonNode items = stack.send(
                        "GET", stack.updater.uri("api/v1/modes/" + MODE + "/versions?limit=1000"), new byte[0])
                .json()
                .path("items");
        for (JsonNode item : items) {
            assertThat(stack.statusOf(
                            "DELETE",
                            stack.updater.uri("api/v1/modes/" + MODE + "/versions/"
                                    + item.path("version").asText())))
                    .isEqualTo(204);
        }
        assertThat(stack.pins()).isEmpty();
        assertThat(collect().status()).isEqualTo(201);
        awaitCollected();
        assertThat(stack.files()).as("the chunk of zeros alone").hasSize(1);
    }

    /** The connection breaks around the COMMIT: only the database knows, and it is asked. */
    @Test
    @Order(3)
    void aCommitOfUnknownOutcomeIsResolvedByALook() throws Exception {
        for (String step : List.of("before COMMIT of versions", "after COMMIT of versions")) {
            String version = nextVersion();
            Build build = upload();
            StepGates.Gate gate = stack.gates.arm(step);
            CompletableFuture<CrashStack.Answer> answer = beside(() -> publish(stack.updater, version, build));
            gate.awaitReached();
            gate.lose();
            CrashStack.Answer open = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(open.json().path("code").asText()).as(open.body()).isEqualTo("OUTCOME_UNKNOWN");
            stack.awaitNothingPending();
            boolean isThere = requireWhole(version, build);
            assertThat(isThere).isEqualTo(step.startsWith("after"));
            requireNoPinTooMany();
            assertThat(publish(stack.updater, version, build).status()).isEqualTo(isThere ? 200 : 201);
            TABLE.put(
                    "%-14s %-34s %-12s".formatted("publish", step, "connection"),
                    open.status() + "; " + (isThere ? "the whole version" : "nothing"));
        }
    }

    /** The updater is suspended while its write is given up, and wakes up right before its transaction. */
    @Test
    @Order(4)
    void aWriterThatWakesUpAfterItWasGivenUpIsFencedOut() throws Exception {
        String version = nextVersion();
        Build build = upload();
        CrashStack.Program second = stack.updater("updater-2");
        second.launch();
        second.awaitReady();
        try {
            StepGates.Gate gate = stack.gates.arm("after PutManifest");
            CompletableFuture<CrashStack.Answer> answer = beside(() -> publish(stack.updater, version, build));
            gate.awaitReached();
            stack.updater.signal("STOP");
            gate.letGo();
            stack.awaitNothingPending();
            assertThat(stack.pins().values()).doesNotContain("PENDING");
            stack.updater.signal("CONT");
            CrashStack.Answer late = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            TABLE.put(
                    "%-14s %-34s %-12s".formatted("publish", "after PutManifest", "paused"),
                    late.status() + "; nothing");
            assertThat(late.status()).as(late.body()).isEqualTo(503);
            assertThat(late.json().path("code").asText()).isEqualTo("FENCED_OUT");
            assertThat(look(version).status()).isEqualTo(404);
            assertThat(publish(second, version, build).status()).isEqualTo(201);
            assertThat(requireWhole(version, build)).isTrue();
        } finally {
            second.kill();
        }
    }

    @Test
    @Order(7)
    void withoutTheLedgerNothingIsPublishedAndReadingGoesOn() throws Exception {
        String there = nextVersion();
        Build first = upload();
        assertThat(publish(stack.updater, there, first).status()).isEqualTo(201);
        String version = nextVersion();
        Build build = upload();
        for (CrashStack.Program member : stack.members) {
            member.kill();
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        CrashStack.Answer refused = publish(stack.updater, version, build);
        // Until the lease is over it may be said that the outcome is not known.
        while (!refused.json().path("code").asText().equals("LEDGER_UNAVAILABLE")) {
            assertThat(System.nanoTime()).as(refused.body()).isLessThan(end);
            refused = publish(stack.updater, version, build);
        }
        assertThat(refused.status()).isEqualTo(503);
        assertThat(look(version).status()).isEqualTo(404);
        assertThat(requireWhole(there, first)).isTrue();

        for (CrashStack.Program member : stack.members) {
            member.launch();
        }
        for (CrashStack.Program member : stack.members) {
            member.awaitReady();
        }
        CrashStack.Answer again = publish(stack.updater, version, build);
        while (again.status() == 503) {
            assertThat(System.nanoTime()).as(again.body()).isLessThan(end);
            again = publish(stack.updater, version, build);
        }
        assertThat(again.status()).as(again.body()).isEqualTo(201);
        stack.awaitNothingPending();
        requireNoPinTooMany();
    }

    private static CrashStack.Answer collect() throws InterruptedException {
        return stack.send(
                "POST", stack.assetStore.uri("api/v1/maintenance/collections?delete=true&grace=PT0S"), new byte[0]);
    }

    private static void awaitCollected() throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode runs = stack.send("GET", stack.assetStore.uri("api/v1/maintenance?limit=1"), new byte[0])
                    .json()
                    .path("items");
            if (runs.size() == 1 && runs.get(0).path("state").asText().equals("COMPLETED")) {
                break;
            }
            assertThat(System.nanoTime()).as("the collection ends: %s", runs).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        stack.awaitNothingPending();
    }

    private static void requireCollected(Build garbage, Build kept, String point) throws Exception {
        List<ChunkId> own = new ArrayList<>(garbage.chunks.keySet());
        own.removeAll(kept.chunks.keySet());
        Collections.shuffle(own, new Random(seed));
        assertThat(own).isNotEmpty();
        for (ChunkId chunk : own) {
            assertThat(stack.files()).as(point).doesNotContain("chunks/" + Stores.path(chunk));
        }
    }
}
