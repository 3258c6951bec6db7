package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SIGKILL inside every step of an update, again and again. The launcher tells each step's begin and end as it happens, so the
 * last line that it got out says where it died; a kill that missed its step does not count. What the folder holds is then looked
 * at before anything else touches it.
 */
@ExtendWith(WholeStack.Extension.class)
class KillIT {
    private static final int KILLS_PER_STEP = 8;
    private static final int ATTEMPTS_PER_STEP = 80;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The launcher's steps, by the names it prints. */
    private enum Step {
        check_launcher_folder,
        validate_manifest_file_and_version,
        ensure_correct_files_for_update,
        download_to_temp,
        delete_old_and_move_over,
        setup_registry_values
    }

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aKilledUpdateLeavesTheOldVersionOrTheNewOneAndTheNextGoesOn(String exchange, WholeStack stack)
            throws IOException, InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        System.out.println("KillIT: exchange " + exchange + ", seed " + seed);
        String mode = "kill-" + exchange;
        Trial trial = prepare(stack, mode, exchange);

        Map<Step, Integer> kills = new EnumMap<>(Step.class);
        for (Step step : Step.values()) {
            // How long the step lasts is learnt as it is hit or missed.
            long windowMicros = 20_000;
            for (int attempt = 0;
                    attempt < ATTEMPTS_PER_STEP && kills.getOrDefault(step, 0) < KILLS_PER_STEP;
                    attempt++) {
                Path game = trial.freshCopy();
                Optional<Step> died = trial.updateAndKill(game, step, random.nextLong(windowMicros + 1));
                if (died.isPresent() && died.get() == step) {
                    kills.merge(step, 1, Integer::sum);
                    windowMicros = Math.min(windowMicros * 2, 300_000);
                } else {
                    windowMicros = windowMicros * 2 / 3;
                }
                if (exchange.equals("off")) {
                    // Two renames can be cut in between; any command finishes what the crash left.
                    trial.player.run("status", game.toString());
                }
                trial.assertWhole(game, step);
                trial.finish(game, step);
            }
        }
        System.out.println("KillIT: exchange " + exchange + ", kills " + kills);
        assertThat(kills.keySet()).containsExactlyInAnyOrder(Step.values());
        assertThat(kills.values()).allMatch(count -> count == KILLS_PER_STEP);
    }

    @Test
    void whatWasFetchedBeforeAKillIsNotFetchedAgain(WholeStack stack) throws IOException, InterruptedException {
        Trial trial = prepare(stack, "kill-resume", "on");
        Path game = temporary.resolve("resumed");
        int mark = stack.accessMark();
        // A first install moves the most, so that the kill falls in the middle of it.
        Process process = trial.player
                .builder("--json", "update", game.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int inFlightAtMost = 64;
        awaitChunks(stack, mark, 50);
        process.destroyForcibly().waitFor();
        trial.player.run("update", game.toString());

        var fetched = stack.accessesSince(mark).stream()
                .filter(WholeStack.Access::isFetchedChunk)
                .map(WholeStack.Access::path)
                .toList();
        long repeated = fetched.size() - fetched.stream().distinct().count();
        assertThat(repeated).isLessThanOrEqualTo(inFlightAtMost);
        assertThat(GameBuild.contents(game)).isEqualTo(trial.newest);
    }

    private static void awaitChunks(WholeStack stack, int mark, int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (stack.accessesSince(mark).stream()
                        .filter(WholeStack.Access::isFetchedChunk)
                        .count()
                < count) {
            assertThat(System.nanoTime()).as("the update has begun to fetch").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private Trial prepare(WholeStack stack, String mode, String exchange) throws IOException, InterruptedException {
        Vsekai publisher = new Vsekai(stack, temporary.resolve("studio")).with("VSEKAI_TOKEN", stack.token());
        Vsekai player = new Vsekai(stack, temporary.resolve("player")).with("VSEKAI_EXCHANGE", exchange);
        Web.post(stack.updater().resolve("api/v1/modes"), stack.token(), "{\"name\":\"" + mode + "\"}", 201);
        player.run("mode", "switch", "--mode_name", mode);

        Path old = GameBuild.write(temporary.resolve("old"), 1, 7);
        publisher.run("publish", "--mode", mode, "--version", "0.1.0", old.toString());
        Path template = temporary.resolve("template");
        player.run("update", template.toString());
        Map<String, String> own = GameBuild.addPlayerFiles(template);

        Path newest = GameBuild.write(temporary.resolve("new"), 2, 7);
        publisher.run("publish", "--mode", mode, "--version", "0.2.0", newest.toString());
        return new Trial(player, template, GameBuild.contents(old), GameBuild.contents(newest), own);
    }

    /** One folder after another, each updated, killed, looked at and updated again. */
    private static final class Trial {
        private final Vsekai player;
        private final Path template;
        private final Map<String, String> oldWithOwn;
        private final Map<String, String> newestWithOwn;
        private final Map<String, String> newest;
        private int count;

        Trial(
                Vsekai player,
                Path template,
                Map<String, String> old,
                Map<String, String> newest,
                Map<String, String> own) {
            this.player = player;
            this.template = template;
            this.newest = newest;
            this.oldWithOwn = new TreeMap<>(old);
            this.newestWithOwn = new TreeMap<>(newest);
            oldWithOwn.putAll(own);
            newestWithOwn.putAll(own);
        }

        Path freshCopy() throws IOException, InterruptedException {
            Path copies = Files.createDirectories(template.resolveSibling("copies"));
            Path game = copies.resolve("game-" + count++);
            Process copy = new ProcessBuilder("cp", "-a", template.toString(), game.toString()).start();
            assertThat(copy.waitFor()).isZero();
            return game;
        }

        /** Kills the update a while after the step began; the step it died in, if it died in one. */
        Optional<Step> updateAndKill(Path game, Step step, long delayMicros) throws IOException, InterruptedException {
            Process process = player.builder("--json", "update", game.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Optional<Step> within = Optional.empty();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                boolean killed = false;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    within = after(line, within);
                    if (!killed && within.isPresent() && within.get() == step) {
                        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(delayMicros));
                        // By its handle: the process's own method would also throw away what it has still said.
                        process.toHandle().destroyForcibly();
                        killed = true;
                    }
                }
            }
            return process.waitFor() == 0 ? Optional.empty() : within;
        }

        /** A line that the kill cut short tells nothing, and then the line before it counts. */
        private static Optional<Step> after(String line, Optional<Step> within) {
            JsonNode event;
            try {
                event = JSON.readTree(line);
            } catch (JsonProcessingException e) {
                return within;
            }
            if (!event.path("event").asText().equals("step")) {
                return within;
            }
            return event.path("phase").asText().equals("begin")
                    ? Optional.of(Step.valueOf(event.path("step").asText()))
                    : Optional.empty();
        }

        void assertWhole(Path game, Step step) throws IOException {
            assertThat(GameBuild.contents(game))
                    .as("%s after a kill in %s", game, step)
                    .isIn(oldWithOwn, newestWithOwn);
        }

        void finish(Path game, Step step) throws IOException, InterruptedException {
            player.run("update", game.toString());
            assertThat(GameBuild.contents(game))
                    .as("%s, killed in %s, then updated", game, step)
                    .isEqualTo(newestWithOwn);
            assertThat(game.resolveSibling("." + game.getFileName() + ".vsekai-work"))
                    .doesNotExist();
            Process remove = new ProcessBuilder("rm", "-rf", game.toString()).start();
            assertThat(remove.waitFor()).isZero();
        }
    }
}
