package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.pack.PackName;
import org.vsekai.nebula.kit.testing.Eventually;
import org.vsekai.nebula.system.WholeStack.Access;

/** Packs save requests, and nothing depends on them. */
class PackedShippingIT {
    private static final String MODE = "packed";

    private static WholeStack stack;

    @TempDir
    Path temporary;

    @BeforeAll
    static void start() throws IOException {
        stack = new WholeStack(true);
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void aPlayerNeedsATenthOfTheRequestsAndNoPackToBeThere() throws IOException, InterruptedException {
        Vsekai publisher = new Vsekai(stack, temporary.resolve("studio")).with("VSEKAI_TOKEN", stack.token());
        Vsekai player = new Vsekai(stack, temporary.resolve("player"));
        Web.post(stack.updater().resolve("api/v1/modes"), stack.token(), "{\"name\":\"" + MODE + "\"}", 201);
        player.run("mode", "switch", "--mode_name", MODE);
        Path game = temporary.resolve("game");

        publish(publisher, 1);
        awaitPack("0.1.0", "install");
        int mark = stack.accessMark();
        player.run("update", game.toString());
        assertThat(requests(mark, Access::isFetchedChunk)).isZero();
        assertThat(requests(mark, Access::isFromPacks)).isBetween(1L, 10L);

        Path fresh = publish(publisher, 2);
        awaitPack("0.2.0", "delta");
        Path withoutPacks = temporary.resolve("without-packs");
        copy(game, withoutPacks);
        mark = stack.accessMark();
        player.run("update", game.toString());
        long packed = requests(mark, Access::isFetchedChunk) + requests(mark, Access::isFromPacks);
        assertThat(requests(mark, Access::isFromPacks)).isPositive();
        assertThat(GameBuild.contents(game)).isEqualTo(GameBuild.contents(fresh));

        removePacks();
        mark = stack.accessMark();
        player.run("update", withoutPacks.toString());
        long loose = requests(mark, Access::isFetchedChunk);
        assertThat(GameBuild.contents(withoutPacks)).isEqualTo(GameBuild.contents(fresh));
        assertThat(packed).as("requests, %d without packs", loose).isLessThan(loose);
    }

    private Path publish(Vsekai publisher, int version) throws IOException, InterruptedException {
        Path build = GameBuild.write(temporary.resolve("build-" + version), version, 42);
        publisher.run("publish", "--mode", MODE, "--version", "0." + version + ".0", build.toString());
        return build;
    }

    private static void awaitPack(String version, String kind) throws IOException, InterruptedException {
        JsonNode target = Web.json(stack.updater().resolve("api/v1/modes/" + MODE + "/versions/" + version));
        String index = Path.of(URI.create(target.get("index_uri").asText()).getPath())
                .getFileName()
                .toString();
        Eventually.eventually(() -> {
            try {
                assertThat(Web.json(stack.assetStore().resolve("packs/" + index + ".json"))
                                .findValuesAsText("kind"))
                        .contains(kind);
            } catch (IOException e) {
                throw new AssertionError("no packs of " + index + " yet", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        });
    }

    private static long requests(int mark, Predicate<Access> kind) {
        List<Access> accesses = stack.accessesSince(mark);
        return accesses.stream().filter(kind).count();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Files.copy(
                        path,
                        to.resolve(from.relativize(path).toString()),
                        LinkOption.NOFOLLOW_LINKS,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** Removes the files and waits until asset-store has forgotten their content, too. */
    private static void removePacks() throws IOException {
        List<Path> packs;
        try (Stream<Path> files = Files.list(stack.store().resolve("packs"))) {
            packs = files.filter(file -> file.toString().endsWith(PackName.PACK))
                    .toList();
        }
        assertThat(packs).isNotEmpty();
        for (Path pack : packs) {
            Files.delete(pack);
        }
        Eventually.eventually(() -> assertThat(packs)
                .allSatisfy(pack -> assertThat(Web.status(stack.assetStore().resolve("packs/" + pack.getFileName())))
                        .isEqualTo(404)));
    }
}
