package org.vsekai.nebula.launcher.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.launcher.state.UpdateState.CheckForUpdates;
import org.vsekai.nebula.launcher.state.UpdateState.Idle;
import org.vsekai.nebula.launcher.state.UpdateState.Updating;

class UpdateStateMachineTest {
    private static final List<UpdateState> ALL = Stream.<UpdateState>concat(
                    Stream.of(Idle.IDLE, Updating.UPDATING), Stream.of(CheckForUpdates.values()))
            .toList();

    @Test
    void allowsTheDesignsTransitionsAndNoOthers() {
        List<String> edges = new ArrayList<>();
        for (UpdateState from : ALL) {
            for (UpdateState to : UpdateStateMachine.allowedFrom(from)) {
                edges.add(from.label() + " " + to.label());
            }
        }
        assertThat(edges)
                .containsExactlyInAnyOrder(
                        "Idle Checking",
                        "Checking NoUpdateFound",
                        "Checking UpdateAvailable",
                        "NoUpdateFound Idle",
                        "UpdateAvailable PreparingUpdate",
                        "PreparingUpdate DownloadingUpdate",
                        "DownloadingUpdate ApplyingUpdate",
                        "ApplyingUpdate FinalizingUpdate",
                        "FinalizingUpdate UpdateSuccessful",
                        "UpdateSuccessful Updating",
                        "Updating Idle");
    }

    @Test
    void refusesEveryOtherTransitionAndStaysWhereItIs() {
        UpdateStateMachine machine = new UpdateStateMachine((from, to) -> {});
        for (UpdateState state : ALL) {
            if (state != CheckForUpdates.CHECKING) {
                assertThatIllegalStateException().isThrownBy(() -> machine.moveTo(state));
            }
        }
        assertThat(machine.current()).isEqualTo(Idle.IDLE);
    }

    @Test
    void fallsBackToIdleWhenItFails() {
        List<String> told = new ArrayList<>();
        UpdateStateMachine machine = new UpdateStateMachine((from, to) -> told.add(from.label() + " " + to.label()));
        machine.moveTo(CheckForUpdates.CHECKING);
        machine.fail();
        machine.fail();
        assertThat(told).containsExactly("Idle Checking", "Checking Idle");
    }
}
