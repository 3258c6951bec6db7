package org.vsekai.nebula.launcher.state;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.vsekai.nebula.launcher.state.UpdateState.CheckForUpdates;
import org.vsekai.nebula.launcher.state.UpdateState.Idle;
import org.vsekai.nebula.launcher.state.UpdateState.Updating;

/**
 * One update's way through its states. The allowed transitions are the design's; beside them every state may fall back to
 * {@link Idle} by {@link #fail()}, which the design's picture leaves out. Not thread-safe: one thread drives an update.
 */
public final class UpdateStateMachine {
    private static final Map<UpdateState, Set<? extends UpdateState>> ALLOWED = Map.ofEntries(
            Map.entry(Idle.IDLE, Set.of(CheckForUpdates.CHECKING)),
            Map.entry(
                    CheckForUpdates.CHECKING,
                    Set.of(CheckForUpdates.NO_UPDATE_FOUND, CheckForUpdates.UPDATE_AVAILABLE)),
            Map.entry(CheckForUpdates.NO_UPDATE_FOUND, Set.of(Idle.IDLE)),
            Map.entry(CheckForUpdates.UPDATE_AVAILABLE, Set.of(CheckForUpdates.PREPARING_UPDATE)),
            Map.entry(CheckForUpdates.PREPARING_UPDATE, Set.of(CheckForUpdates.DOWNLOADING_UPDATE)),
            Map.entry(CheckForUpdates.DOWNLOADING_UPDATE, Set.of(CheckForUpdates.APPLYING_UPDATE)),
            Map.entry(CheckForUpdates.APPLYING_UPDATE, Set.of(CheckForUpdates.FINALIZING_UPDATE)),
            Map.entry(CheckForUpdates.FINALIZING_UPDATE, Set.of(CheckForUpdates.UPDATE_SUCCESSFUL)),
            Map.entry(CheckForUpdates.UPDATE_SUCCESSFUL, Set.of(Updating.UPDATING)),
            Map.entry(Updating.UPDATING, Set.of(Idle.IDLE)));

    private final BiConsumer<UpdateState, UpdateState> listener;
    private UpdateState current = Idle.IDLE;

    /** @param listener is told each transition, from and to, after it was made */
    public UpdateStateMachine(BiConsumer<UpdateState, UpdateState> listener) {
        this.listener = listener;
    }

    public UpdateState current() {
        return current;
    }

    /** The states that {@link #moveTo} accepts from {@code state}. */
    public static List<UpdateState> allowedFrom(UpdateState state) {
        return List.copyOf(ALLOWED.getOrDefault(state, Set.of()));
    }

    /** @throws IllegalStateException if the design has no such transition */
    public void moveTo(UpdateState next) {
        if (!allowedFrom(current).contains(next)) {
            throw new IllegalStateException("no transition from " + current.label() + " to " + next.label());
        }
        enter(next);
    }

    /** Ends the update where it stands. */
    public void fail() {
        if (current != Idle.IDLE) {
            enter(Idle.IDLE);
        }
    }

    private void enter(UpdateState next) {
        UpdateState from = current;
        current = next;
        listener.accept(from, next);
    }
}
