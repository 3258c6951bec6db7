package org.vsekai.nebula.casync.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.UnsafePathException;
import org.vsekai.nebula.fuzz.Bounded;

/** A skeleton's file, and what a file with a right checksum may hold all the same. */
class ArchiveSkeletonFuzz {
    @FuzzTest(maxDuration = "15s")
    void read(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            readFile(input);
            ArchiveSkeleton skeleton = new ArchiveSkeleton(input);
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            skeleton.write(file);
            assertThat(ArchiveSkeleton.read(new ByteArrayInputStream(file.toByteArray()), "written")
                            .literals())
                    .isEqualTo(input);
            layOut(skeleton);
        });
    }

    private static void readFile(byte[] input) throws IOException {
        try {
            ArchiveSkeleton read = ArchiveSkeleton.read(new ByteArrayInputStream(input), "input");
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            read.write(again);
            assertThat(again.toByteArray()).isEqualTo(input);
        } catch (MalformedArchiveException e) {
            // Refused, as nearly everything must be: the checksum is not right.
        }
    }

    private static void layOut(ArchiveSkeleton skeleton) throws IOException {
        ArchiveLayout layout;
        try {
            layout = ArchiveLayout.ofSkeleton(skeleton, Path.of("/nonexistent"));
        } catch (MalformedArchiveException | UnsafePathException e) {
            return;
        }
        assertThat(layout.size()).isGreaterThanOrEqualTo(skeleton.literals().length);
        int length = (int) Math.min(layout.size(), 1 << 16);
        try {
            layout.read(0, new byte[length], 0, length);
            layout.read(layout.size() - length, new byte[length], 0, length);
        } catch (InputChangedException e) {
            assertThat(layout.entries()).anyMatch(entry -> entry.size() > 0);
        }
    }
}
