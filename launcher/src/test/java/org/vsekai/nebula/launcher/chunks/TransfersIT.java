package org.vsekai.nebula.launcher.chunks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Moving chunks and parts of files about, beside the real desync. */
class TransfersIT extends BesidePeers {
    @Test
    void catWritesTheSameBytesAsDesyncFromItsStore() throws Exception {
        desync("make", "-s", folder("theirs"), path("a.caibx"), file.toString());
        byte[] all = Files.readAllBytes(file);
        assertThat(standardOutputOf("cat", "-s", path("theirs"), path("a.caibx")))
                .isEqualTo(all);
        long[][] parts = {{0, 1}, {2_999_999, 1}, {1_048_576, 4096}, {100, 2_000_000}, {2_900_000, 500_000}, {7, 0}};
        for (long[] part : parts) {
            String[] range = {"-o", Long.toString(part[0]), "-l", Long.toString(part[1])};
            int end = part[1] == 0 ? all.length : (int) Math.min(all.length, part[0] + part[1]);
            byte[] expected = Arrays.copyOfRange(all, (int) part[0], end);
            mustRun("cat", range[0], range[1], range[2], range[3], "-s", path("theirs"), path("a.caibx"), path("ours"));
            assertThat(temp.resolve("ours")).hasBinaryContent(expected);
            if (part[0] + part[1] <= all.length) {
                desync(
                        "cat",
                        range[0],
                        range[1],
                        range[2],
                        range[3],
                        "-s",
                        path("theirs"),
                        path("a.caibx"),
                        path("desyncs"));
                assertThat(temp.resolve("desyncs")).hasBinaryContent(expected);
            }
        }
        assertThat(standardOutputOf("cat", "-o", "3000000", "-s", path("theirs"), path("a.caibx")))
                .isEmpty();
        assertThat(chunks("cat", "-o", "3000001", "-s", path("theirs"), path("a.caibx")))
                .isEqualTo(2);
        assertThat(output).contains("-o must be 0 to 3000000");
    }

    @Test
    void catGetsOnlyTheChunksOfThePartAndLeavesNoBrokenFile() throws Exception {
        mustRun("make", "-s", path("store"), path("a.caibx"), file.toString());
        mustRun("cat", "--json", "-o", "1000000", "-l", "10", "-s", path("store"), path("a.caibx"), path("part"));
        assertThat(output).contains("\"fetched_chunks\":1,", "\"size\":10,");
        for (Path chunk : stored("store")) {
            Files.delete(chunk);
        }
        Files.delete(temp.resolve("part"));
        assertThat(chunks("cat", "-s", path("store"), path("a.caibx"), path("part")))
                .isEqualTo(4);
        assertThat(temp.resolve("part")).doesNotExist();
    }

    @Test
    void catWritesIntoANamedPipe() throws Exception {
        mustRun("make", "-s", path("store"), path("a.caibx"), file.toString());
        assertThat(peer("mkfifo", path("pipe"))).isZero();
        Process reader = new ProcessBuilder("cat", path("pipe"))
                .redirectOutput(temp.resolve("read").toFile())
                .start();
        try {
            mustRun("cat", "-s", path("store"), path("a.caibx"), path("pipe"));
            assertThat(reader.waitFor()).isZero();
        } finally {
            reader.destroyForcibly();
        }
        assertThat(temp.resolve("read")).hasSameBinaryContentAs(file);
    }

    @Test
    void verifyIndexAndDesyncAgree() throws Exception {
        desync("make", path("a.caibx"), file.toString());
        mustRun("verify-index", path("a.caibx"), file.toString());
        mustRun("make", path("b.caibx"), file.toString());
        desync("verify-index", path("b.caibx"), file.toString());
        byte[] bytes = Files.readAllBytes(file);
        bytes[1_500_000]++;
        Files.write(file, bytes);
        assertThat(chunks("verify-index", path("a.caibx"), file.toString())).isEqualTo(4);
        assertThat(output).contains("its content differs", "1 of");
        assertThat(peer("desync", "verify-index", path("b.caibx"), file.toString()))
                .isNotZero();
        Files.write(file, Arrays.copyOf(bytes, 1_000_000));
        assertThat(chunks("verify-index", path("a.caibx"), file.toString())).isEqualTo(4);
        assertThat(output).contains("it lies beyond the end");
    }

    @Test
    void aFolderIsVerifiedByItsIndex() throws Exception {
        Path folder = Path.of(folder("folder"));
        Files.writeString(folder.resolve("a"), "x".repeat(100_000));
        mustRun("tar", "-i", path("f.caidx"), folder.toString());
        mustRun("verify-index", path("f.caidx"), folder.toString());
        Files.writeString(folder.resolve("a"), "y".repeat(100_000));
        assertThat(chunks("verify-index", path("f.caidx"), folder.toString())).isEqualTo(4);
    }

    @Test
    void chopFillsTheSameStoreAsDesyncAndOnlyWhatItLacks() throws Exception {
        desync("make", path("a.caibx"), file.toString());
        desync("chop", "-s", folder("theirs"), path("a.caibx"), file.toString());
        mustRun("chop", "-s", path("ours"), path("a.caibx"), file.toString());
        assertThat(names("ours")).isEqualTo(names("theirs"));
        desync("extract", "-s", path("ours"), path("a.caibx"), path("one"));
        mustRun("extract", "-s", path("theirs"), path("a.caibx"), path("two"));
        assertThat(temp.resolve("one")).hasSameBinaryContentAs(file);
        assertThat(temp.resolve("two")).hasSameBinaryContentAs(file);

        int count = stored("ours").size();
        Files.delete(stored("ours").getFirst());
        mustRun("chop", "--json", "-s", path("ours"), path("a.caibx"), file.toString());
        assertThat(output).contains("\"present_chunks\":" + (count - 1) + ",", "\"stored_chunks\":1,");
        mustRun("chop", "--json", "--ignore", path("a.caibx"), "-s", path("none"), path("a.caibx"), file.toString());
        assertThat(output).contains("\"chunks\":0,");
        desync("list-chunks", path("a.caibx"));
        Files.writeString(temp.resolve("ids"), log());
        mustRun("chop", "--ignore-chunks", path("ids"), "-s", path("none"), path("a.caibx"), file.toString());
        assertThat(temp.resolve("none")).doesNotExist();
    }

    @Test
    void chopRefusesDataThatIsNotTheIndexs() throws Exception {
        mustRun("make", path("a.caibx"), file.toString());
        byte[] bytes = Files.readAllBytes(file);
        bytes[2_000_000]++;
        Files.write(file, bytes);
        assertThat(chunks("chop", "-s", path("store"), path("a.caibx"), file.toString()))
                .isEqualTo(4);
        assertThat(output).contains(file.toString(), "are not the chunk");
        Files.write(file, Arrays.copyOf(bytes, 100));
        assertThat(chunks("chop", "-s", path("store"), path("a.caibx"), file.toString()))
                .isEqualTo(4);
    }

    @Test
    void cacheCopiesWhatSeveralIndexesNameAndGoesOnAfterAFailure() throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[10]++;
        Path second = Files.write(temp.resolve("blob2"), bytes);
        desync("make", "-s", folder("theirs"), path("a.caibx"), file.toString());
        desync("make", "-s", path("theirs"), path("b.caibx"), second.toString());
        int all = stored("theirs").size();
        mustRun("cache", "--json", "-s", path("theirs"), "-c", path("ours"), path("a.caibx"), path("b.caibx"));
        assertThat(output).contains("\"stored_chunks\":" + all + ",");
        assertThat(names("ours")).isEqualTo(names("theirs"));
        desync("extract", "-s", path("ours"), path("b.caibx"), path("out"));
        assertThat(temp.resolve("out")).hasSameBinaryContentAs(second);
        desync("cache", "-s", path("ours"), "-c", folder("copy"), path("b.caibx"));
        mustRun("cache", "--json", "-s", path("ours"), "-c", path("copy"), path("a.caibx"), path("b.caibx"));
        assertThat(output).contains("\"stored_chunks\":1,");
        assertThat(names("copy")).isEqualTo(names("theirs"));

        Path lost = stored("theirs").getFirst();
        byte[] kept = Files.readAllBytes(lost);
        Files.writeString(lost, "spoilt");
        assertThat(chunks(
                        "cache", "-n", "1", "-s", path("theirs"), "-c", path("new"), path("a.caibx"), path("b.caibx")))
                .isEqualTo(4);
        assertThat(names("new")).doesNotContain(lost.getFileName().toString());
        mustRun("cache", "-s", path("theirs"), "-s", path("ours"), "-c", path("new"), path("a.caibx"), path("b.caibx"));
        assertThat(names("new")).isEqualTo(names("ours"));
        Files.write(lost, kept);
    }

    @Test
    void wrongCommandLinesSayWhatIsWrong() throws Exception {
        mustRun("make", path("a.caibx"), file.toString());
        assertThat(chunks("cache", "-s", path("none"), path("a.caibx"))).isEqualTo(2);
        assertThat(output).contains("--cache");
        assertThat(chunks("chop", path("a.caibx"), file.toString())).isEqualTo(2);
        assertThat(chunks("cache", "-s", path("none"), "-c", path("new"), path("a.caibx")))
                .isEqualTo(3);
        assertThat(chunks("cache", "-s", "gopher://x/", "-c", path("new"), path("a.caibx")))
                .isEqualTo(2);
        assertThat(output).contains("gopher://x/");
        Files.writeString(temp.resolve("ids"), "\nzz\n");
        assertThat(chunks("chop", "--ignore-chunks", path("ids"), "-s", path("new"), path("a.caibx"), file.toString()))
                .isEqualTo(2);
        assertThat(output).contains("ids, line 2");
        assertThat(chunks("chop", "-s", path("new"), path("nothing.caibx"), file.toString()))
                .isEqualTo(5);
        assertThat(chunks("chop", "-s", path("new"), file.toString(), file.toString()))
                .isEqualTo(4);
    }

    private String names(String store) throws Exception {
        try (Stream<Path> chunks = stored(store).stream()) {
            return chunks.map(chunk -> chunk.getFileName().toString()).sorted().collect(Collectors.joining("\n"));
        }
    }
}
