package org.vsekai.nebula.updater.assets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveNodeTest {
    private static final String SHA256 = "0a".repeat(32);

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/etc/passwd", "a/", "a//b", "..", "../a", "a/../b", "a/..", ".", "./a", "a\0b"})
    void refusesPathsThatAreNotPlainlyBelowTheRoot(String path) {
        assertThatThrownBy(() -> new ArchiveNode.File(path, 0644, 1, SHA256))
                .isInstanceOf(UnsuitableArchiveException.class);
        assertThatThrownBy(() -> new ArchiveNode.Directory(path, 0755)).isInstanceOf(UnsuitableArchiveException.class);
        assertThatThrownBy(() -> new ArchiveNode.Symlink(path, "a")).isInstanceOf(UnsuitableArchiveException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "...", "..a/b..", " ", "größe", "a\nb"})
    void takesEveryOtherPath(String path) {
        assertThat(new ArchiveNode.File(path, 0644, 1, SHA256).path()).isEqualTo(path);
    }

    @Test
    void refusesWhatAManifestCannotSay() {
        assertThatThrownBy(() -> new ArchiveNode.File("a", 04755, 1, SHA256))
                .isInstanceOf(UnsuitableArchiveException.class)
                .hasMessageContaining("4755");
        assertThatThrownBy(() -> new ArchiveNode.File("a", -1, 1, SHA256))
                .isInstanceOf(UnsuitableArchiveException.class);
        assertThatThrownBy(() -> new ArchiveNode.File("a", 0644, 1L << 53, SHA256))
                .isInstanceOf(UnsuitableArchiveException.class);
        assertThatThrownBy(() -> new ArchiveNode.File("a", 0644, -1, SHA256))
                .isInstanceOf(UnsuitableArchiveException.class);
        assertThatThrownBy(() -> new ArchiveNode.File("a", 0644, 1, "")).isInstanceOf(UnsuitableArchiveException.class);
        assertThatThrownBy(() -> new ArchiveNode.Symlink("a", "")).isInstanceOf(UnsuitableArchiveException.class);
        assertThatThrownBy(() -> new ArchiveNode.Symlink("a", "b\0c")).isInstanceOf(UnsuitableArchiveException.class);
        assertThatThrownBy(() -> new ArchiveNode.File("a".repeat(4096), 0644, 1, SHA256))
                .isInstanceOf(UnsuitableArchiveException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 53})
    void refusesSummariesOutOfRange(long size) {
        assertThatThrownBy(() -> new ArchiveSummary(size, 1, "sha256", 1, 1, 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ArchiveSummary(1, 1, "sha256", 1, 1, 1, size))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
