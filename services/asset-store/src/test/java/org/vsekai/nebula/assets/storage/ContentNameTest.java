package org.vsekai.nebula.assets.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.kit.problem.ProblemException;

class ContentNameTest {
    private static final List<String> EXTENSIONS = List.of(".caidx", ".caibx");
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    @Test
    void digestAndExtensionAreParted() {
        assertThat(ContentName.parse(DIGEST + ".caibx", EXTENSIONS)).isEqualTo(new ContentName(DIGEST, ".caibx"));
        assertThat(ContentName.parse(DIGEST.toUpperCase(java.util.Locale.ROOT) + ".caidx", EXTENSIONS))
                .hasToString(DIGEST + ".caidx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".caibx", "../../etc/passwd", "a/%s.caibx", "%s", "%s.json", "%s.caibx.", "%s\0.caibx"})
    void everythingElseIsRefused(String name) {
        assertThatThrownBy(() -> ContentName.parse(name.formatted(DIGEST), EXTENSIONS))
                .isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(problem.code())
                        .isEqualTo("INVALID_NAME"));
    }
}
