package org.vsekai.nebula.kit.revision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

class EntityTagsTest {
    private static final String CURRENT = EntityTags.of("a", 1);

    @Test
    void fieldsThatOnlyJoinToTheSameTextHaveDifferentTags() {
        assertThat(EntityTags.of("a", "bc")).isNotEqualTo(EntityTags.of("ab", "c"));
        assertThat(EntityTags.of("a", 1)).isEqualTo(CURRENT);
    }

    @Test
    void updateWithoutIfMatchIsRefusedAsConditionRequired() {
        assertThatThrownBy(() -> EntityTags.requireMatch(null, CURRENT))
                .isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(problem.kind())
                        .isEqualTo(ProblemKind.PRECONDITION_REQUIRED));
    }

    @Test
    void updateOfAnOlderRevisionIsRefused() {
        assertThatThrownBy(() -> EntityTags.requireMatch(EntityTags.of("a", 2), CURRENT))
                .isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(problem.kind())
                        .isEqualTo(ProblemKind.REVISION_MISMATCH));
    }

    @Test
    void weakTagNeverAllowsAnUpdateButSparesARead() {
        String weak = "W/" + CURRENT;
        assertThatThrownBy(() -> EntityTags.requireMatch(weak, CURRENT)).isInstanceOf(ProblemException.class);
        assertThat(EntityTags.isNotModified(weak, CURRENT)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "\"x\", %s", " %s "})
    void currentTagInAListPasses(String header) {
        assertThatCode(() -> EntityTags.requireMatch(header.formatted(CURRENT), CURRENT))
                .doesNotThrowAnyException();
    }
}
