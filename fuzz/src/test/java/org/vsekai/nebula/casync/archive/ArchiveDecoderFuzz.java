package org.vsekai.nebula.casync.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.UnsafePathException;
import org.vsekai.nebula.fuzz.Bounded;

/** An archive is refused by type, or its nodes are what they must be, and its skeleton holds the same nodes. */
class ArchiveDecoderFuzz {
    @FuzzTest(maxDuration = "15s")
    void decode(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            List<ArchiveEntry> entries;
            ArchiveDecoder decoder =
                    new ArchiveDecoder(new ByteArrayInputStream(input), "input", input.length).recordingSkeleton();
            try {
                entries = entries(decoder, true);
            } catch (MalformedArchiveException | UnsafePathException e) {
                return;
            }
            assertThat(decoder.position()).isEqualTo(input.length);
            Set<String> paths = new HashSet<>();
            long content = 0;
            for (ArchiveEntry entry : entries) {
                assertThat(paths.add(entry.path())).as(entry.path()).isTrue();
                assertThat(entry.path().isEmpty() || entry.path().matches("(?s)[^/\0]+(/[^/\0]+)*"))
                        .isTrue();
                assertThat(List.of(entry.path().split("/"))).doesNotContain(".", "..");
                content = Math.addExact(content, entry.size());
            }
            assertThat(content).isLessThanOrEqualTo(input.length);
            ArchiveDecoder again = ArchiveDecoder.ofSkeleton(decoder.skeleton().literals(), "skeleton");
            assertThat(entries(again, false)).isEqualTo(entries);
            // What is not read is passed over, to the same end.
            ArchiveDecoder passing = new ArchiveDecoder(new ByteArrayInputStream(input), "input", input.length);
            assertThat(entries(passing, false)).isEqualTo(entries);
        });
    }

    private static List<ArchiveEntry> entries(ArchiveDecoder decoder, boolean reading) throws IOException {
        List<ArchiveEntry> entries = new ArrayList<>();
        for (Optional<ArchiveElement> next = decoder.next(); next.isPresent(); next = decoder.next()) {
            if (next.get() instanceof ArchiveElement.Entry(ArchiveEntry entry)) {
                entries.add(entry);
                if (reading && entry.kind() == EntryKind.FILE) {
                    assertThat(decoder.payload().readAllBytes()).hasSize((int) entry.size());
                }
            }
        }
        return entries;
    }
}
