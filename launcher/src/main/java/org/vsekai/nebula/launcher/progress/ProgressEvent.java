package org.vsekai.nebula.launcher.progress;

import java.util.Map;
import org.vsekai.nebula.launcher.state.Step;
import org.vsekai.nebula.launcher.state.UpdateState;

/** Something that a running command has to tell. */
public sealed interface ProgressEvent {
    /** A step begins or has ended. */
    record StepChanged(Step step, Phase phase) implements ProgressEvent {}

    enum Phase {
        BEGIN,
        END
    }

    record StateChanged(UpdateState from, UpdateState to) implements ProgressEvent {}

    /**
     * Work with a measurable end.
     *
     * @param activity what is done, one word
     * @param doneBytes bytes behind, at most {@code totalBytes}
     */
    record Advanced(String activity, long doneBytes, long totalBytes) implements ProgressEvent {}

    /** Something worth knowing that is no failure. */
    record Noted(String text) implements ProgressEvent {}

    /**
     * The command's outcome.
     *
     * @param text one or more lines for people
     * @param figures the same for programs: values are {@link String}, {@link Long}, {@link Integer}, {@link Boolean} or lists
     *     of strings
     */
    record Completed(String command, String text, Map<String, Object> figures) implements ProgressEvent {}

    /** The command ends without its outcome. */
    record Failed(String code, String message, int exitCode) implements ProgressEvent {}
}
