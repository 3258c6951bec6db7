package org.vsekai.nebula.kit.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.kit.problem.ProblemException;

class PageRequestTest {
    @Test
    void nextOfAPageLeadsToTheRowsBehindItsLast() {
        PageRequest request = PageRequest.of(2, null);
        Page<Integer> page = Page.of(request, List.of("ä", "ö/ü", "z"), key -> key, String::length);

        assertThat(page.items()).containsExactly(1, 3);
        assertThat(PageRequest.of(2, page.next()).after()).contains("ö/ü");
    }

    @Test
    void lastPageHasNoNext() {
        Page<String> page = Page.of(PageRequest.of(2, null), List.of("a", "b"), key -> key, key -> key);

        assertThat(page.items()).containsExactly("a", "b");
        assertThat(page.next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1001, Integer.MAX_VALUE})
    void limitOutsideOneToThousandIsRefused(int limit) {
        assertThatThrownBy(() -> PageRequest.of(limit, null))
                .isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(problem.code())
                        .isEqualTo("INVALID_LIMIT"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%%%", "_w", "a"})
    void cursorThatNoPageGaveIsRefused(String cursor) {
        assertThatThrownBy(() -> PageRequest.of(null, cursor))
                .isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(problem.code())
                        .isEqualTo("INVALID_CURSOR"));
    }

    @Test
    void overlongCursorIsRefused() {
        assertThatThrownBy(() -> PageRequest.of(null, "A".repeat(4096))).isInstanceOf(ProblemException.class);
    }
}
