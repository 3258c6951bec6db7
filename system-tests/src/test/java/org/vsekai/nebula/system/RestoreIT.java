package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.kit.testing.Eventually;
import org.vsekai.nebula.stack.Service;
import org.vsekai.nebula.stack.Stack;

/**
 * What docs/operate/backup.md tells an operator to do: database, ledger and store are copied in that order while a studio publishes, and another
 * stack is made of the copies.
 */
class RestoreIT {
    private static final int REPLICAS = 3;
    private static final String MODE = "kept";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path temporary;

    /** The content of each version that was asked to be published, and those of which that was answered. */
    private final Map<String, Map<String, String>> published = new ConcurrentSkipListMap<>();

    private final Set<String> answered = new ConcurrentSkipListSet<>();

    private volatile boolean over;
    private volatile boolean failed;

    @Test
    void aStackMadeOfCopiesHasEveryVersionThatWasThereWhenTheyWereBegunAndGoesOn() throws Exception {
        Path data = temporary.resolve("first");
        Path copies = temporary.resolve("second");
        Set<String> before;
        try (Stack stack = start(data)) {
            studio(stack).run("mode", "create", MODE);
            publish(stack, 1);
            Thread publisher = Thread.ofPlatform().start(() -> publishOn(stack));
            try {
                Eventually.eventually(() -> assertThat(answered).hasSizeGreaterThan(2));
                before = Set.copyOf(answered);
                copy(data, copies);
            } finally {
                over = true;
                publisher.join();
            }
            assertThat(failed).isFalse();
            assertThat(published).as("asked for while copies were made").hasSizeGreaterThan(before.size());
        }

        try (Stack restored = start(copies)) {
            List<String> versions = versions(restored);
            assertThat(versions).containsAll(before);
            Vsekai operator = studio(restored)
                    .with("VSEKAI_LEDGER", restored.url(Service.ENTITY_SYNC).toString());
            Eventually.eventually(() -> assertThat(pending(operator)).contains("\"intents\":[]"));
            // Recovery may have undone what was under way; what is there is whole.
            assertThat(operator.run("store", "verify").exitCode()).isZero();
            for (String version : versions(restored)) {
                assertThat(published).as("published %s", version).containsKey(version);
            }
            install(restored, "newest", published.get(versions(restored).getFirst()));
            publish(restored, 99);
            install(restored, "after", published.get("0.99.0"));
        }
    }

    private static Stack start(Path data) {
        return Stack.start(new Stack.Options(
                SourceTree.root(), data, 0, REPLICAS, null, null, Map.of("NEBULA_PACKS_MAKE", "false")));
    }

    private Vsekai studio(Stack stack) {
        return new Vsekai(stack.url(Service.UPDATER), temporary.resolve("studio")).with("VSEKAI_TOKEN", stack.token());
    }

    private void publishOn(Stack stack) {
        try {
            for (int number = 2; !over; number++) {
                publish(stack, number);
            }
        } catch (Exception | AssertionError e) {
            failed = true;
            System.err.println("publishing ended: " + e);
        }
    }

    /** A version that shares most of its content with the others. */
    private void publish(Stack stack, int number) throws IOException, InterruptedException {
        Path build = GameBuild.write(temporary.resolve("build-" + number), 1, number % 3);
        Files.writeString(build.resolve("number.txt"), "number " + number);
        String version = "0." + number + ".0";
        Map<String, String> contents = GameBuild.contents(build);
        // Before the answer: it may be there although its answer is not.
        published.put(version, contents);
        studio(stack).run("publish", "--mode", MODE, "--version", version, build.toString());
        answered.add(version);
    }

    private void copy(Path data, Path copies) throws Exception {
        Files.createDirectories(copies);
        try (Stream<Path> secrets = Files.list(data)) {
            for (Path file : (Iterable<Path>) secrets::iterator) {
                String name = file.getFileName().toString();
                if (Files.isRegularFile(file) && !name.equals("lock") && !name.equals("state.json")) {
                    Files.copy(file, copies.resolve(name));
                }
            }
        }
        JsonNode state = JSON.readTree(data.resolve("state.json").toFile());
        HotCopies.database(
                data.resolve("postgres"), state.get("portBase").asInt() + 20, "postgres", copies.resolve("postgres"));
        // A member that is suspended leaves its folder as one that is killed; the others go on.
        long member = state.get("services").get("entity-sync-2").get("pid").asLong();
        Signals.send("STOP", member);
        try {
            for (int replica = 0; replica < REPLICAS; replica++) {
                HotCopies.tree(
                        data.resolve("ledger/ledger-2"), copies.resolve("ledger/ledger-" + replica), Set.of("lock"));
            }
        } finally {
            Signals.send("CONT", member);
        }
        HotCopies.tree(data.resolve("store"), copies.resolve("store"), Set.of());
    }

    private static List<String> versions(Stack stack) throws IOException, InterruptedException {
        List<String> versions = new ArrayList<>();
        Web.json(stack.url(Service.UPDATER).resolve("api/v1/modes/" + MODE + "/versions?limit=1000"))
                .get("items")
                .forEach(version -> versions.add(version.get("version").asText()));
        return versions;
    }

    private static String pending(Vsekai operator) {
        try {
            return operator.run("ledger", "intents", "--state", "pending", "--json")
                    .out()
                    .strip();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void install(Stack stack, String name, Map<String, String> expected)
            throws IOException, InterruptedException {
        Vsekai player = new Vsekai(stack.url(Service.UPDATER), temporary.resolve("player-" + name));
        player.run("mode", "switch", "--mode_name", MODE);
        Path game = temporary.resolve(name);
        player.run("update", game.toString());
        assertThat(GameBuild.contents(game)).isEqualTo(expected);
    }
}
