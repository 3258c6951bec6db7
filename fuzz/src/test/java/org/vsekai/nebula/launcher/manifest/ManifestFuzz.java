package org.vsekai.nebula.launcher.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.fuzz.ScratchFolder;
import org.vsekai.nebula.launcher.BadAnswerException;

/** A manifest is a bad answer, or leads nowhere but into the game's folder. */
class ManifestFuzz {
    private static final Path GAME = Path.of("/game");

    @FuzzTest(maxDuration = "15s")
    void read(byte[] input) throws Exception {
        try (ScratchFolder scratch = new ScratchFolder()) {
            Path file = Files.write(scratch.path().resolve("manifest.json"), input);
            Bounded.run(input.length, () -> {
                Manifest manifest;
                try {
                    manifest = ManifestReader.read(file, "input");
                } catch (BadAnswerException e) {
                    return;
                }
                manifest.entries().forEach((path, entry) -> {
                    assertThat(entry.path()).isEqualTo(path);
                    Path resolved = GAME.resolve(path);
                    assertThat(resolved.normalize())
                            .isEqualTo(resolved)
                            .startsWithRaw(GAME)
                            .isNotEqualTo(GAME);
                    if (entry instanceof ManifestEntry.Symlink link) {
                        assertThat(resolved.resolveSibling(link.target()).normalize())
                                .startsWithRaw(GAME);
                    }
                });
            });
        }
    }
}
