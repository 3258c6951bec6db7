package org.vsekai.nebula.assets.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.kit.problem.ProblemException;

/** What a caller says of an asset is refused, or is fit for a header and a listing. */
class AssetDescriptionFuzz {
    @FuzzTest(maxDuration = "15s")
    void describe(byte[] input) throws Exception {
        String text = new String(input, StandardCharsets.UTF_8);
        Bounded.run(input.length, () -> {
            accept(Optional.of(text), Optional.empty(), Optional.of(text));
            accept(Optional.empty(), Optional.of(text), Optional.empty());
        });
    }

    private static void accept(Optional<String> name, Optional<String> mediaType, Optional<String> owner) {
        try {
            AssetDescription accepted = new AssetDescription(name, mediaType, owner);
            accepted.name().ifPresent(taken -> assertThat(taken).doesNotContain("/", "\\", "\n", "\r", "\0"));
            accepted.mediaType().ifPresent(taken -> {
                assertThat(taken.chars()).allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f));
                assertThat(accepted.mediaTypeOf("x.glb")).isNotBlank();
            });
        } catch (ProblemException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
