package org.vsekai.nebula.assets.storage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.problem.ProblemException;

class WorkSlotsTest {
    @Test
    void workBeyondTheBoundIsRefusedUntilASlotIsGivenBack() {
        WorkSlots slots = new WorkSlots(1, Duration.ofMillis(10));
        WorkSlots.Slot first = slots.acquire();

        assertThatThrownBy(slots::acquire).isInstanceOf(ProblemException.class).hasMessageContaining("busy");
        first.close();
        assertThatCode(() -> slots.acquire().close()).doesNotThrowAnyException();
    }
}
