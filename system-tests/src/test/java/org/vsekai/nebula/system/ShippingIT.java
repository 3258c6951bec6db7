package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.system.WholeStack.Access;

/** The main job: a studio publishes, a player follows, and no byte is moved that need not be. */
@ExtendWith(WholeStack.Extension.class)
class ShippingIT {
    private static final long SEED = 42;

    @TempDir
    Path temporary;

    private WholeStack stack;
    private Vsekai publisher;
    private Vsekai player;
    private String mode;

    @BeforeEach
    void openAMode(WholeStack running, TestInfo test) throws IOException, InterruptedException {
        stack = running;
        mode = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
        publisher = new Vsekai(stack, temporary.resolve("studio")).with("VSEKAI_TOKEN", stack.token());
        player = new Vsekai(stack, temporary.resolve("player"));
        Web.post(stack.updater().resolve("api/v1/modes"), stack.token(), "{\"name\":\"" + mode + "\"}", 201);
        player.run("mode", "switch", "--mode_name", mode);
    }

    private Path publish(int version) throws IOException, InterruptedException {
        Path build = GameBuild.write(temporary.resolve("build-" + version), version, SEED);
        publisher.run("publish", "--mode", mode, "--version", "0." + version + ".0", build.toString());
        return build;
    }

    @Test
    void aPlayerFollowsTheModeAndKeepsOwnFiles() throws IOException, InterruptedException {
        Path old = publish(1);
        Path game = temporary.resolve("game");
        player.run("update", game.toString());
        assertThat(GameBuild.contents(game)).isEqualTo(GameBuild.contents(old));
        player.run("verify", game.toString());

        Map<String, String> own = GameBuild.addPlayerFiles(game);
        Path fresh = publish(2);
        player.run("--update", game.toString());

        Map<String, String> expected = new TreeMap<>(GameBuild.contents(fresh));
        expected.putAll(own);
        assertThat(GameBuild.contents(game)).isEqualTo(expected);
        player.run("verify", game.toString());
        assertThat(player.run("status", game.toString()).out())
                .contains("0.2.0")
                .contains(mode);
    }

    @Test
    void updatingAgainFetchesNothing() throws IOException, InterruptedException {
        publish(1);
        Path game = temporary.resolve("game");
        player.run("update", game.toString());
        int mark = stack.accessMark();
        player.run("update", game.toString());
        assertThat(stack.accessesSince(mark)).noneMatch(Access::isFetchedChunk);
    }

    @Test
    void publishingEqualContentAgainSendsNoChunkAndGivesTheSameIndex() throws IOException, InterruptedException {
        publish(1);
        int mark = stack.accessMark();
        Path copy = GameBuild.write(temporary.resolve("copy"), 1, SEED);
        publisher.run("publish", "--mode", mode, "--version", "0.1.1", copy.toString());
        assertThat(stack.accessesSince(mark))
                .noneMatch(
                        access -> access.method().equals("PUT") && access.path().startsWith("/chunks/"));
        assertThat(version("0.1.1").get("index_uri")).isEqualTo(version("0.1.0").get("index_uri"));
    }

    @Test
    void anUpdateFetchesWhatDesyncWouldFetchAndNoChunkTwice() throws IOException, InterruptedException {
        Peer desync = Peer.find("desync");
        publish(1);
        Path game = temporary.resolve("game");
        int mark = stack.accessMark();
        player.run("update", game.toString());
        assertFetchedOnce(chunksSince(mark));
        publish(2);
        mark = stack.accessMark();
        player.run("update", game.toString());
        List<Access> ours = chunksSince(mark);

        Path peer = Files.createDirectory(temporary.resolve("peer"));
        Files.write(peer.resolve("old.caidx"), index("0.1.0"));
        Files.write(peer.resolve("new.caidx"), index("0.2.0"));
        String store = stack.assetStore().resolve("chunks").toString();
        desync.run(peer, "extract", "-s", store, "old.caidx", "old.catar");
        mark = stack.accessMark();
        desync.run(peer, "extract", "-s", store, "--seed", "old.caidx:old.catar", "new.caidx", "new.catar");
        List<Access> theirs = chunksSince(mark);

        assertFetchedOnce(ours);
        long ourBytes = ours.stream().mapToLong(Access::bytes).sum();
        long theirBytes = theirs.stream().mapToLong(Access::bytes).sum();
        assertThat(theirBytes).isPositive();
        assertThat(ourBytes)
                .as("bytes fetched, desync fetched %d in %d requests", theirBytes, theirs.size())
                .isLessThanOrEqualTo(theirBytes * 101 / 100);
    }

    @Test
    void desyncAndCasyncUnpackWhatWasPublished() throws IOException, InterruptedException {
        Peer desync = Peer.find("desync");
        Peer casync = Peer.find("casync");
        Path build = publish(1);
        Path peer = Files.createDirectory(temporary.resolve("peer"));
        Files.write(peer.resolve("game.caidx"), index("0.1.0"));
        String store = stack.assetStore().resolve("chunks").toString();

        Path untarred = Files.createDirectory(temporary.resolve("untarred"));
        desync.run(peer, "untar", "--no-same-owner", "-i", "-s", store, "game.caidx", untarred.toString());
        assertThat(GameBuild.contents(untarred)).isEqualTo(GameBuild.contents(build));

        Path extracted = temporary.resolve("extracted");
        casync.run(peer, "extract", "--store=" + store + "/", "game.caidx", extracted.toString());
        assertThat(GameBuild.contents(extracted)).isEqualTo(GameBuild.contents(build));
    }

    @Test
    void aVersionSaysWhatItHoldsInTheFieldsThatWereAgreed() throws IOException, InterruptedException {
        Path build = publish(1);
        JsonNode version = version("0.1.0");
        byte[] manifest = Web.get(URI.create(version.get("manifest_file_uri").asText()));
        assertThat(version.get("manifest_file_uri").asText()).endsWith(Hashes.sha256(manifest) + ".json");

        JsonNode files = Web.json(stack.updater().resolve("api/v1/modes/" + mode + "/versions/0.1.0/files?limit=1000"));
        String program = "game.sh";
        JsonNode row = null;
        for (JsonNode file : files.get("items")) {
            if (file.get("file_name").asText().equals(program)) {
                row = file;
            }
        }
        assertThat(row).as("%s in %s", program, files).isNotNull();
        assertThat(row.get("file_checksum_hash").asText())
                .isEqualTo("sha256:" + Hashes.sha256(Files.readAllBytes(build.resolve(program))));
        assertThat(row.get("file_uri").asText())
                .isEqualTo(version.get("index_uri").asText() + "#" + program);
    }

    @Test
    void aModeThatSendsItsPlayersElsewhereMovesTheFolderToo() throws IOException, InterruptedException {
        publish(2);
        Path game = temporary.resolve("game");
        player.run("update", game.toString());

        String other = mode + "-next";
        Web.post(stack.updater().resolve("api/v1/modes"), stack.token(), "{\"name\":\"" + other + "\"}", 201);
        Path build = GameBuild.write(temporary.resolve("other"), 1, SEED);
        publisher.run("publish", "--mode", other, "--version", "0.1.0", build.toString());
        Web.patch(
                stack.updater().resolve("api/v1/modes/" + mode),
                stack.token(),
                "{\"update_to\":\"" + other + "\"}",
                200);

        player.run("update", game.toString());
        assertThat(GameBuild.contents(game)).isEqualTo(GameBuild.contents(build));
        assertThat(player.run("status", game.toString()).out()).contains(other).contains("0.1.0");
    }

    private JsonNode version(String version) throws IOException, InterruptedException {
        return Web.json(stack.updater().resolve("api/v1/modes/" + mode + "/versions/" + version));
    }

    private byte[] index(String version) throws IOException, InterruptedException {
        return Web.get(URI.create(version(version).get("index_uri").asText()));
    }

    private List<Access> chunksSince(int mark) {
        return stack.accessesSince(mark).stream().filter(Access::isFetchedChunk).toList();
    }

    private static void assertFetchedOnce(List<Access> chunks) {
        assertThat(chunks).isNotEmpty();
        assertThat(chunks.stream().map(Access::path)).doesNotHaveDuplicates();
    }
}
