package org.vsekai.nebula.casync.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.UnsafePathException;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.fuzz.ScratchFolder;

/** Whatever an archive says, only its target is written to, and links in it stay in it. */
class ArchiveExtractorFuzz {
    private static final String BESIDE = "must stay";

    @FuzzTest(maxDuration = "15s")
    void extract(byte[] input) throws Exception {
        try (ScratchFolder scratch = new ScratchFolder()) {
            Path beside = Files.writeString(scratch.path().resolve("beside"), BESIDE);
            Path target = scratch.path().resolve("target");
            Bounded.run(input.length, () -> extract(input, target));
            assertThat(beside).hasContent(BESIDE);
            try (Stream<Path> found = Files.list(scratch.path())) {
                assertThat(found.map(path -> path.getFileName().toString())).isSubsetOf(List.of("beside", "target"));
            }
            assertLinksStayInside(target);
        }
    }

    private static void extract(byte[] input, Path target) throws IOException {
        ExtractOptions options = ExtractOptions.forPlayers().withDurable(false);
        try {
            ExtractReport report = new ArchiveExtractor(target, options, ExtractListener.NONE)
                    .extract(new ArchiveDecoder(new ByteArrayInputStream(input), "input", input.length));
            assertThat(report.bytes()).isLessThanOrEqualTo(input.length);
        } catch (MalformedArchiveException | UnsafePathException e) {
            // Refused, as it should be.
        }
    }

    private static void assertLinksStayInside(Path target) throws IOException {
        if (!Files.isDirectory(target)) {
            return;
        }
        try (Stream<Path> all = Files.walk(target)) {
            for (Path link : (Iterable<Path>) all.filter(Files::isSymbolicLink)::iterator) {
                assertThat(link.resolveSibling(Files.readSymbolicLink(link)).normalize())
                        .startsWithRaw(target);
            }
        }
    }
}
