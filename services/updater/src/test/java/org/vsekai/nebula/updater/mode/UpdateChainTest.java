package org.vsekai.nebula.updater.mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.kit.problem.ProblemException;

class UpdateChainTest {
    @Test
    void leadsFromTheFirstToTheLast() {
        UpdateChain chain = new UpdateChain(links(3));
        assertThat(chain.first().name()).hasToString("m0");
        assertThat(chain.last().name()).hasToString("m2");
        assertThat(new UpdateChain(links(1)).last()).isEqualTo(new UpdateChain(links(1)).first());
    }

    @Test
    void refusesACircle() {
        List<UpdateChain.Link> links = new ArrayList<>(links(2));
        links.add(links.getFirst());
        assertThatThrownBy(() -> new UpdateChain(links))
                .isInstanceOf(ModeCycleException.class)
                .hasMessageContaining("m0");
    }

    @Test
    void refusesAChainThatGoesOn() {
        List<UpdateChain.Link> links = links(UpdateChain.MAX_STEPS + 2).subList(0, UpdateChain.MAX_STEPS + 1);
        assertThatThrownBy(() -> new UpdateChain(links)).isInstanceOf(ModeCycleException.class);
    }

    @Test
    void refusesToBePrecededByOneOfItsOwn() {
        UpdateChain chain = new UpdateChain(links(3));
        assertThatThrownBy(() -> chain.requireRoomBefore(id(2), new ModeName("m2")))
                .isInstanceOf(ModeCycleException.class);
        chain.requireRoomBefore(id(3), new ModeName("m3"));
    }

    @Test
    void refusesToGrowBeyondItsBound() {
        new UpdateChain(links(UpdateChain.MAX_STEPS - 1)).requireRoomBefore(id(99), new ModeName("new"));
        UpdateChain full = new UpdateChain(links(UpdateChain.MAX_STEPS));
        assertThatThrownBy(() -> full.requireRoomBefore(id(99), new ModeName("new")))
                .isInstanceOf(ModeCycleException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stable", "0", "a.b_c-d", "beta-2"})
    void takesPlainNames(String name) {
        assertThat(ModeName.parse(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Stable", ".hidden", "-x", "a/b", "a b", "..", "ä", "a\n"})
    void refusesOtherNames(String name) {
        assertThatThrownBy(() -> ModeName.parse(name))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.code()).isEqualTo("INVALID_MODE_NAME"));
    }

    @Test
    void refusesLongNames() {
        assertThat(ModeName.parse("a".repeat(63)).text()).hasSize(63);
        assertThatThrownBy(() -> ModeName.parse("a".repeat(64))).isInstanceOf(ProblemException.class);
    }

    private static List<UpdateChain.Link> links(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new UpdateChain.Link(
                        id(i),
                        new ModeName("m" + i),
                        true,
                        i == count - 1 ? Optional.empty() : Optional.of(id(i + 1)),
                        1))
                .toList();
    }

    private static UUID id(int i) {
        return new UUID(0, i);
    }
}
