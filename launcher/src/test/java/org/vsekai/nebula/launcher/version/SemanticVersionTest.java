package org.vsekai.nebula.launcher.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SemanticVersionTest {
    @Test
    void ordersByPrecedence() {
        List<SemanticVersion> ordered = List.of(
                        "0.9.0",
                        "1.0.0-1",
                        "1.0.0-2",
                        "1.0.0-10",
                        "1.0.0-alpha",
                        "1.0.0-alpha.1",
                        "1.0.0-alpha.beta",
                        "1.0.0-beta",
                        "1.0.0-beta.2",
                        "1.0.0-beta.11",
                        "1.0.0-rc.1",
                        "1.0.0",
                        "1.0.10",
                        "1.2.0",
                        "1.10.0",
                        "99999999999999999999.0.0")
                .stream()
                .map(SemanticVersion::parse)
                .toList();
        List<SemanticVersion> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(1));
        Collections.sort(shuffled);
        assertThat(shuffled).isEqualTo(ordered);
    }

    @Test
    void buildMetadataTakesNoPartInPrecedence() {
        assertThat(SemanticVersion.parse("1.0.0+a")).isEqualByComparingTo(SemanticVersion.parse("1.0.0+b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0-rc.1a", "1.0.0-x.0b.00c", "1.0.0-0a", "1.0.0-a.0", "1.0.0-1-.-1"})
    void identifiersMayBeginWithDigits(String text) {
        assertThat(SemanticVersion.parse(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1", "1.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "v1.0.0", "1.0.0 ", "1.0.0-\u00e9"})
    void refusesWhatIsNoVersion(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SemanticVersion.parse(text));
    }

    @Test
    void refusesEndlessText() {
        assertThatIllegalArgumentException().isThrownBy(() -> SemanticVersion.parse("1.0.0-" + "a".repeat(300)));
    }
}
