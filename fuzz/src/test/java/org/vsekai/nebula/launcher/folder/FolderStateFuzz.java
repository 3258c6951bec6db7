package org.vsekai.nebula.launcher.folder;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Files;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.fuzz.ScratchFolder;
import org.vsekai.nebula.launcher.FolderException;

/** A folder's state is damaged, or is the same once it has been written and read again. */
class FolderStateFuzz {
    @FuzzTest(maxDuration = "15s")
    void read(byte[] input) throws Exception {
        try (ScratchFolder scratch = new ScratchFolder()) {
            Files.write(scratch.path().resolve("state.json"), input);
            Bounded.run(input.length, () -> {
                FolderState state;
                try {
                    state = FolderState.read(scratch.path());
                } catch (FolderException e) {
                    return;
                }
                state.write(scratch.path());
                assertThat(FolderState.read(scratch.path())).isEqualTo(state);
            });
        }
    }
}
