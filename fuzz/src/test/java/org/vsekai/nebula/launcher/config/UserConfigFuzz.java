package org.vsekai.nebula.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Files;
import java.util.Optional;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.fuzz.ScratchFolder;
import org.vsekai.nebula.launcher.FolderException;

/** The user's settings cannot be used, and the user is told so, or they are kept when one of them is set. */
class UserConfigFuzz {
    @FuzzTest(maxDuration = "15s")
    void read(byte[] input) throws Exception {
        try (ScratchFolder scratch = new ScratchFolder()) {
            Files.write(scratch.path().resolve("config.json"), input);
            Bounded.run(input.length, () -> {
                UserConfig config = new UserConfig(scratch.path());
                try {
                    Optional<String> server = config.findServer();
                    Optional<String> region = config.findRegion();
                    config.findMode();
                    config.setMode("beta");
                    assertThat(config.findMode()).contains("beta");
                    assertThat(config.findServer()).isEqualTo(server);
                    assertThat(config.findRegion()).isEqualTo(region);
                } catch (FolderException e) {
                    assertThat(e.folder()).endsWith("config.json");
                }
            });
        }
    }
}
