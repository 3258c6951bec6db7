package org.vsekai.nebula.launcher.chunks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What indexes say of stores and of each other, beside the real desync. */
class PruneAndDiffIT extends BesidePeers {
    private Path second;

    @BeforeEach
    void makeSecond() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        byte[] longer = new byte[bytes.length + 400_000];
        new Random(8).nextBytes(longer);
        System.arraycopy(bytes, 0, longer, 0, 1_000_000);
        System.arraycopy(bytes, 1_000_000, longer, 1_400_000, 2_000_000);
        second = Files.write(temp.resolve("blob2"), longer);
    }

    private JsonNode result() throws IOException {
        return new JsonMapper()
                .readTree(output.lines()
                        .filter(line -> line.contains("\"event\":\"result\""))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(output)));
    }

    private JsonNode run(String... arguments) throws IOException {
        String[] json = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, json, 0, arguments.length);
        json[arguments.length] = "--json";
        mustRun(json);
        return result();
    }

    @Test
    void pruneRemovesExactlyWhatDesyncWouldAndOnlyWhenTold() throws Exception {
        for (String store : new String[] {"ours", "theirs"}) {
            desync("make", "-s", folder(store), path("a.caibx"), file.toString());
            desync("make", "-s", path(store), path("b.caibx"), second.toString());
        }
        int all = stored("ours").size();
        mustRun("prune", "-s", path("ours"), path("b.caibx"));
        assertThat(output).contains("would remove ", "nothing was removed");
        assertThat(stored("ours")).hasSize(all);

        JsonNode figures = run("prune", "--yes", "-s", path("ours"), path("b.caibx"));
        desync("prune", "--yes", "-s", path("theirs"), path("b.caibx"));
        assertThat(stored("ours").stream().map(Path::getFileName))
                .containsExactlyInAnyOrderElementsOf(
                        stored("theirs").stream().map(Path::getFileName).toList());
        assertThat(figures.get("removed_chunks").asInt())
                .isEqualTo(all - stored("theirs").size())
                .isEqualTo(figures.get("ids").size())
                .isPositive();
        desync("extract", "-s", path("ours"), path("b.caibx"), path("out"));
        assertThat(temp.resolve("out")).hasSameBinaryContentAs(second);
        assertThat(run("prune", "--yes", "-s", path("ours"), path("b.caibx"), path("a.caibx"))
                        .get("removed_chunks")
                        .asInt())
                .isZero();
    }

    @Test
    void pruneLeavesTheYoungAndClearsAwayWhatBrokenRunsLeft() throws Exception {
        mustRun("make", "-s", path("store"), path("a.caibx"), file.toString());
        mustRun("make", path("b.caibx"), second.toString());
        Path broken = Files.writeString(stored("store").getFirst().resolveSibling(".tmp-cacnk1"), "half");
        Instant old = Instant.now().minus(Duration.ofDays(2));
        Files.setLastModifiedTime(broken, FileTime.from(old));
        assertThat(run("prune", "--yes", "--min-age", "1", "-s", path("store"), path("b.caibx"))
                        .get("removed_chunks")
                        .asInt())
                .isZero();
        assertThat(broken).doesNotExist();
        for (Path chunk : stored("store")) {
            Files.setLastModifiedTime(chunk, FileTime.from(old));
        }
        assertThat(run("prune", "--yes", "--min-age", "1", "-s", path("store"), path("b.caibx"))
                        .get("removed_chunks")
                        .asInt())
                .isPositive();
    }

    @Test
    void pruneReadsEveryIndexBeforeItTouchesTheStore() throws Exception {
        mustRun("make", "-s", path("store"), path("a.caibx"), file.toString());
        int all = stored("store").size();
        mustRun("make", path("b.caibx"), second.toString());
        assertThat(chunks("prune", "--yes", "-s", path("store"), path("b.caibx"), file.toString()))
                .isEqualTo(4);
        assertThat(chunks("prune", "--yes", "-s", path("store"), path("b.caibx"), path("none.caibx")))
                .isEqualTo(5);
        assertThat(chunks("prune", "--yes", "-s", path("store"))).isEqualTo(2);
        assertThat(chunks("prune", "--yes", "-s", "http://localhost:9/", path("a.caibx")))
                .isEqualTo(2);
        assertThat(output).contains("cannot list its chunks");
        assertThat(chunks("prune", "--yes", "-s", path("nowhere"), path("a.caibx")))
                .isEqualTo(5);
        assertThat(stored("store")).hasSize(all);
    }

    @Test
    void diffTellsWhatAnUpdateThenFetches() throws Exception {
        desync("make", "-s", folder("store"), path("a.caibx"), file.toString());
        desync("make", "-s", path("store"), path("b.caibx"), second.toString());
        JsonNode plan = run("diff", "-s", path("store"), path("a.caibx"), path("b.caibx"));
        JsonNode done = run(
                "extract", "-s", path("store"), "--seed", path("a.caibx") + ":" + file, path("b.caibx"), path("out"));
        assertThat(plan.get("fetch_chunks").asLong())
                .isPositive()
                .isEqualTo(done.get("fetched_chunks").asLong());
        assertThat(plan.get("fetch_stored_bytes").asLong())
                .isEqualTo(done.get("fetched_bytes").asLong());
        assertThat(plan.get("keep_bytes").asLong()).isBetween(700_000L, 1_000_000L);
        assertThat(plan.get("move_bytes").asLong()).isBetween(1_500_000L, 2_000_000L);
        assertThat(plan.get("write_bytes").asLong())
                .isEqualTo(plan.get("size").asLong() - plan.get("keep_bytes").asLong());

        desync("info", "--seed", path("a.caibx"), path("b.caibx"));
        JsonNode theirs = new JsonMapper().readTree(temp.resolve("peer.log").toFile());
        assertThat(theirs.get("dedup-size-not-in-seed").asLong())
                .isEqualTo(plan.get("fetch_bytes").asLong());

        JsonNode none = run("diff", path("a.caibx"), path("a.caibx"));
        assertThat(none.get("fetch_chunks").asLong()).isZero();
        assertThat(none.get("write_bytes").asLong()).isZero();
        assertThat(none.has("fetch_stored_bytes")).isFalse();
    }

    @Test
    void diffOfArchivesTellsWhatBecomesOfEachFile() throws Exception {
        Path folder = Path.of(folder("game"));
        Files.copy(file, folder.resolve("big"));
        Files.writeString(folder.resolve("changes"), "1".repeat(70_000));
        Files.writeString(folder.resolve("goes"), "gone");
        Files.writeString(folder.resolve("same"), "same");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("same"));
        desync("tar", "-i", "-s", folder("store"), path("a.caidx"), folder.toString());
        Files.delete(folder.resolve("goes"));
        Files.writeString(folder.resolve("changes"), "1".repeat(69_999) + "2");
        Files.writeString(folder.resolve("comes"), "new");
        Files.delete(folder.resolve("link"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("big"));
        desync("tar", "-i", "-s", path("store"), path("b.caidx"), folder.toString());

        JsonNode plan = run("diff", "-s", path("store"), path("a.caidx"), path("b.caidx"));
        assertThat(plan.get("files").findValuesAsText("path"))
                .containsExactly("big", "changes", "comes", "link", "same", "goes");
        assertThat(plan.get("files").findValuesAsText("change"))
                .containsExactly("kept", "changed", "new", "changed", "kept", "removed");
        assertThat(plan.get("files_kept_bytes").asLong()).isEqualTo(3_000_004);
        assertThat(plan.get("files_written_bytes").asLong()).isEqualTo(70_003);
        assertThat(plan.get("files").get(1).get("fetch_chunks").asInt()).isPositive();
        mustRun("diff", "-s", path("store"), path("a.caidx"), path("b.caidx"));
        assertThat(output).contains("changed  changes: 68.4 KiB", "removed  goes", "new      comes");
    }

    @Test
    void diffRefusesIndexesThatCannotBeCompared() throws Exception {
        mustRun("make", path("a.caibx"), file.toString());
        mustRun("make", "--digest", "sha256", path("b.caibx"), file.toString());
        assertThat(chunks("diff", path("a.caibx"), path("b.caibx"))).isEqualTo(2);
        assertThat(output).contains("sha256", "nothing is common");
        mustRun("make", "-m", "8:32:128", path("c.caibx"), file.toString());
        mustRun("diff", path("a.caibx"), path("c.caibx"));
        assertThat(output).contains("different chunk sizes");
        assertThat(chunks("diff", "-s", path("none"), path("a.caibx"), path("c.caibx")))
                .isEqualTo(3);
    }
}
