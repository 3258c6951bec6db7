package org.vsekai.nebula.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path root;

    @Test
    void secretsAreMadeOnceAndReadableByTheirOwnerOnly() throws IOException {
        String token = new DataFolder(root).token();
        assertThat(token).hasSize(43).matches("[A-Za-z0-9_-]+");
        assertThat(new DataFolder(root).token()).isEqualTo(token);
        assertThat(new DataFolder(root).serverToken()).isNotEqualTo(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("token"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aFolderKeepsTheReplicasThatItWasMadeWith() {
        DataFolder folder = new DataFolder(root);
        assertThat(folder.findReplicas()).isEmpty();
        assertThat(folder.replicas(3)).isEqualTo(3);
        assertThat(folder.replicas(0)).isEqualTo(3);
        assertThat(folder.findReplicas()).hasValue(3);
        assertThatExceptionOfType(StackException.class)
                .isThrownBy(() -> folder.replicas(1))
                .withMessageContaining("--replicas 3");
    }

    @Test
    void aDigestIsSha256InHexadecimal() {
        assertThat(DataFolder.digest("abc"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void aFolderHasOneOwnerAtATime() throws IOException {
        DataFolder folder = new DataFolder(root);
        try (var held = folder.tryLock().orElseThrow().acquiredBy()) {
            assertThat(held.isOpen()).isTrue();
            assertThat(folder.tryLock()).isEmpty();
        }
        folder.tryLock().orElseThrow().acquiredBy().close();
    }

    @Test
    void stateIsReadAsWritten() {
        StackState state = new StackState(
                7_700,
                new Layout(3, 2, true),
                true,
                new ProcessRecord(1, 2),
                Map.of("updater", new ProcessRecord(3, 4)),
                Map.of("updater", URI.create("http://127.0.0.1:7700/")));
        Path file = root.resolve("state.json");
        assertThat(StackState.find(file)).isEmpty();
        state.write(file);
        assertThat(StackState.find(file)).contains(state);
    }

    @Test
    void aTornStateFileIsAnErrorThatNamesIt() throws IOException {
        Path file = Files.writeString(root.resolve("state.json"), "{\"portBase\":");
        assertThatExceptionOfType(StackException.class)
                .isThrownBy(() -> StackState.find(file))
                .withMessageContaining(file.toString());
    }

    @Test
    void aProcessIsRecognisedByItsStartTimeToo() {
        ProcessRecord self = ProcessRecord.of(ProcessHandle.current());
        assertThat(self.find()).contains(ProcessHandle.current());
        assertThat(new ProcessRecord(self.pid(), self.startedMillis() - 1).find())
                .isEmpty();
    }
}
