package org.vsekai.nebula.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.ledger.log.LogFixtures.SMALL;
import static org.vsekai.nebula.ledger.log.LogFixtures.entries;
import static org.vsekai.nebula.ledger.log.LogFixtures.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked example of {@code docs/ledger-format.md}. */
class FormatExampleTest {
    private static final String EXAMPLE = """
            4e 42 44 53 4c 47 00 01 01 00 00 00 00 00 00 00
            00 00 00 00 00 00 00 00 08 07 06 05 04 03 02 01
            00 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            00 00 00 00 00 00 00 00 00 00 00 00 53 d0 36 35
            4e 42 4c 52 05 00 00 00 01 00 00 00 00 00 00 00
            03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            00 00 00 00 00 00 00 00 87 dd 5d 94 7d c5 8d 12
            61 64 64 20 35 ff ff ff ff ff ff ff ff ff ff ff
            """;

    @TempDir
    Path temp;

    @Test
    void writesTheBytesThatTheDocumentShows() throws IOException {
        Path folder = temp.resolve("log");
        LogFolder files = new LogFolder(folder, Disk.REAL, false);
        Files.createDirectory(folder);
        Segment.prepare(files, folder.resolve("segment.tmp"), 4096);
        try (Segment segment = Segment.publish(files, folder.resolve("segment.tmp"), 1, 0, 4096, 0x0102030405060708L)) {
            assertThat(segment.first()).isEqualTo(1);
        }
        VoteFile.create(files, VoteState.INITIAL.withTerm(3)).close();
        try (SegmentedLog log = SegmentedLog.open(folder, SMALL)) {
            log.append(1, entries(entry(3, "add 5")));
        }
        byte[] bytes = Files.readAllBytes(folder.resolve("segment-00000000000000000001"));
        assertThat(Arrays.copyOf(bytes, 128)).isEqualTo(HexFormat.of().parseHex(EXAMPLE.replaceAll("\\s", "")));
        assertThat(Arrays.copyOfRange(bytes, 128, bytes.length)).containsOnly(0);
    }
}
