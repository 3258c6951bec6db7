package org.vsekai.nebula.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreesTest {
    @TempDir
    Path published;

    @TempDir
    Path installed;

    @BeforeEach
    void equalFolders() throws IOException {
        for (Path root : new Path[] {published, installed}) {
            Files.createDirectories(root.resolve("sub/empty"));
            Files.writeString(root.resolve("sub/data"), "12345");
            Files.createSymbolicLink(root.resolve("link"), Path.of("sub/data"));
        }
    }

    @Test
    void equalFoldersHaveNoDifference() throws IOException {
        Files.createDirectories(installed.resolve(".vsekai/state"));
        assertThat(Trees.differences(published, installed)).isEmpty();
    }

    @Test
    void otherBytesOfTheSameLengthAreADifference() throws IOException {
        Files.writeString(installed.resolve("sub/data"), "12346");
        assertThat(Trees.differences(published, installed)).containsExactly("sub/data: has other bytes");
    }

    @Test
    void anotherExecutableBitIsADifference() throws IOException {
        assertThat(installed.resolve("sub/data").toFile().setExecutable(true)).isTrue();
        assertThat(Trees.differences(published, installed)).containsExactly("sub/data: has another executable bit");
    }

    @Test
    void anotherLinkTargetIsADifference() throws IOException {
        Files.delete(installed.resolve("link"));
        Files.createSymbolicLink(installed.resolve("link"), Path.of("sub"));
        assertThat(Trees.differences(published, installed)).containsExactly("link: has another target");
    }

    @Test
    void missingAndSurplusFilesAreDifferences() throws IOException {
        Files.delete(installed.resolve("sub/empty"));
        Files.writeString(installed.resolve("surplus"), "");
        assertThat(Trees.differences(published, installed))
                .containsExactly(
                        "sub/empty: is missing or special, was published as a folder",
                        "surplus: is a file, was published as missing or special");
    }

    @Test
    void aTreeIsDeletedWithoutFollowingItsLinks() throws IOException {
        Path outside = Files.writeString(installed.resolve("outside"), "kept");
        Files.createSymbolicLink(published.resolve("out"), installed);
        Trees.delete(published);
        assertThat(published).doesNotExist();
        assertThat(outside).exists();
        Trees.delete(published);
    }
}
