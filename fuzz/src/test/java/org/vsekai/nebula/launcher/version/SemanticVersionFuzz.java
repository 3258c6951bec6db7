package org.vsekai.nebula.launcher.version;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.vsekai.nebula.fuzz.Bounded;

/** The launcher and the updater take the same texts for versions and put them in the same order. */
class SemanticVersionFuzz {
    @FuzzTest(maxDuration = "15s")
    void compare(byte[] input) throws Exception {
        String[] texts = new String(input, StandardCharsets.UTF_8).split(" ", 2);
        Bounded.run(input.length, () -> {
            Optional<SemanticVersion> left = find(texts[0]);
            Optional<SemanticVersion> right = find(texts[texts.length - 1]);
            if (left.isPresent() && right.isPresent()) {
                int order = left.get().compareTo(right.get());
                assertThat(Integer.signum(order))
                        .isEqualTo(-Integer.signum(right.get().compareTo(left.get())));
                assertThat(Integer.signum(theirs(texts[0]).compareTo(theirs(texts[texts.length - 1]))))
                        .isEqualTo(Integer.signum(order));
            }
        });
    }

    private static Optional<SemanticVersion> find(String text) {
        boolean theirs =
                org.vsekai.nebula.updater.semver.SemanticVersion.find(text).isPresent();
        try {
            SemanticVersion parsed = SemanticVersion.parse(text);
            assertThat(theirs).as(text).isTrue();
            assertThat(parsed.text()).isEqualTo(text);
            return Optional.of(parsed);
        } catch (IllegalArgumentException e) {
            assertThat(theirs).as(text).isFalse();
            return Optional.empty();
        }
    }

    private static org.vsekai.nebula.updater.semver.SemanticVersion theirs(String text) {
        return new org.vsekai.nebula.updater.semver.SemanticVersion(text);
    }
}
