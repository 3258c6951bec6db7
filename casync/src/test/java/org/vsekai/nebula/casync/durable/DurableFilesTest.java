package org.vsekai.nebula.casync.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
    @TempDir
    Path folder;

    @Test
    void aFailedReplacementKeepsTheOldFileAndLeavesNoOther() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> DurableFiles.replace(file, out -> {
                    out.write(1);
                    throw new IOException("No space left on device");
                }))
                .withMessage("cannot write " + file + ": No space left on device");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> DurableFiles.replace(file, out -> {
                    throw new IllegalStateException();
                }));
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("file");
    }

    @Test
    void createsFoldersThatMayBeThereInPart() throws IOException {
        Path deep = folder.resolve("a/b/c");
        DurableFiles.createFolders(folder.resolve("a"));
        DurableFiles.createFolders(deep);
        DurableFiles.createFolders(deep);
        assertThat(deep).isDirectory();
    }

    @Test
    void doesNotTakeAFileForAFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> DurableFiles.createFolders(file));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> DurableFiles.createFolders(file.resolve("x")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void syncsAWholeFileSystemAndNamesAFolderThatIsMissing(@TempDir Path folder) throws IOException {
        assertThat(DurableFiles.syncFileSystem(folder)).isTrue();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> DurableFiles.syncFileSystem(folder.resolve("missing")))
                .withMessageContaining("missing");
    }
}
