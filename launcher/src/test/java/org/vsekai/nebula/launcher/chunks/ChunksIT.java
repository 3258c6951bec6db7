package org.vsekai.nebula.launcher.chunks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code vsekai chunks} beside the real desync. */
class ChunksIT extends BesidePeers {
    @Test
    void makesTheSameIndexAsDesyncAndEachExtractsFromTheOthersStore() throws Exception {
        Files.createDirectories(temp.resolve("theirs"));
        desync("make", "-s", path("theirs"), path("theirs.caibx"), file.toString());
        assertThat(chunks("make", "-s", path("ours"), path("ours.caibx"), file.toString()))
                .as(() -> output)
                .isZero();
        assertThat(temp.resolve("ours.caibx")).hasSameBinaryContentAs(temp.resolve("theirs.caibx"));
        assertThat(chunks("extract", "-s", path("theirs"), path("ours.caibx"), path("one")))
                .as(() -> output)
                .isZero();
        desync("extract", "-s", path("ours"), path("theirs.caibx"), path("two"));
        assertThat(temp.resolve("one")).hasSameBinaryContentAs(file);
        assertThat(temp.resolve("two")).hasSameBinaryContentAs(file);
        assertThat(chunks("verify", "-s", path("theirs"))).as(() -> output).isZero();
    }

    @Test
    void tarsTheSameArchiveAsDesync() throws Exception {
        Path folder = Files.createDirectories(temp.resolve("folder/sub"));
        Files.writeString(folder.resolve("\u00e9"), "x");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("\u00e9"));
        Files.createDirectories(temp.resolve("theirs"));
        desync("tar", "-i", "-s", path("theirs"), path("theirs.caidx"), path("folder"));
        assertThat(chunks("tar", "-i", "-s", path("ours"), path("ours.caidx"), path("folder")))
                .as(() -> output)
                .isZero();
        assertThat(temp.resolve("ours.caidx")).hasSameBinaryContentAs(temp.resolve("theirs.caidx"));
        assertThat(chunks("untar", "-i", "-s", path("theirs"), path("ours.caidx"), path("out")))
                .as(() -> output)
                .isZero();
        assertThat(temp.resolve("out/sub/\u00e9")).hasContent("x");
        assertThat(temp.resolve("out/sub/link")).isSymbolicLink();
        assertThat(chunks("tar", path("a.catar"), path("folder"))).isZero();
        desync(
                "untar",
                path("a.catar"),
                Files.createDirectories(temp.resolve("back")).toString());
        assertThat(temp.resolve("back/sub/\u00e9")).hasContent("x");
    }

    @Test
    void aFolderSeedsAndOnlyWhatDiffersInItIsFetched() throws Exception {
        Path folder = Files.createDirectories(temp.resolve("folder/sub"));
        for (int i = 0; i < 4; i++) {
            byte[] bytes = new byte[1_000_000];
            new java.util.Random(i).nextBytes(bytes);
            Files.write(folder.resolve("part" + i), bytes);
        }
        assertThat(chunks("tar", "-i", "-s", path("store"), path("a.caidx"), path("folder")))
                .as(() -> output)
                .isZero();
        byte[] changed = Files.readAllBytes(folder.resolve("part2"));
        changed[500_000]++;
        Files.write(folder.resolve("part2"), changed);
        // Records that are none must not keep the files from being used.
        Files.createDirectories(temp.resolve("folder/.vsekai"));
        Files.writeString(temp.resolve("folder/.vsekai/state.json"), "no state");
        assertThat(chunks(
                        "untar",
                        "--json",
                        "-i",
                        "-s",
                        path("store"),
                        "--seed",
                        path("folder"),
                        path("a.caidx"),
                        path("out")))
                .as(() -> output)
                .isZero();
        assertThat(Integer.parseInt(output.replaceAll("(?s).*\"fetched_chunks\":(\\d+).*", "$1")))
                .isBetween(1, 12);
        changed[500_000]--;
        assertThat(temp.resolve("out/sub/part2")).hasBinaryContent(changed);
    }

    @Test
    void seedsAreAskedBeforeStoresAndDamageIsFound() throws Exception {
        assertThat(chunks("make", "-s", path("store"), path("a.caibx"), file.toString()))
                .isZero();
        assertThat(chunks(
                        "extract",
                        "--json",
                        "-s",
                        path("store"),
                        "--seed",
                        file.toString(),
                        path("a.caibx"),
                        path("one")))
                .isZero();
        assertThat(output).contains("\"fetched_chunks\":0");
        assertThat(chunks("extract", "--seed", path("a.caibx") + ":" + file, path("a.caibx"), path("two")))
                .as(() -> output)
                .isZero();
        assertThat(temp.resolve("two")).hasSameBinaryContentAs(file);
        Path chunk;
        try (Stream<Path> all = Files.walk(temp.resolve("store"))) {
            chunk = all.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        Files.writeString(chunk, "spoilt");
        assertThat(chunks("extract", "-s", path("store"), path("a.caibx"), path("three")))
                .isEqualTo(4);
        assertThat(temp.resolve("three")).doesNotExist();
        assertThat(chunks("verify", "-s", path("store"))).isEqualTo(4);
        assertThat(chunks("verify", "-r", "-s", path("store"))).isEqualTo(4);
        assertThat(chunk).doesNotExist();
        assertThat(chunks("verify", "-s", path("store"), path("a.caibx"))).isEqualTo(4);
        assertThat(chunks("verify", path("a.caibx"), file.toString())).isZero();
        byte[] bytes = Files.readAllBytes(file);
        bytes[5]++;
        Files.write(file, bytes);
        assertThat(chunks("verify", path("a.caibx"), file.toString())).isEqualTo(4);
    }
}
