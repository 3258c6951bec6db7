package org.vsekai.nebula.launcher.progress;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

    /**
     * What an update is going to do.
     *
     * @param sources that bytes will be fetched from, the packs first
     * @param writeBytes of files that will be written
     * @param keptBytes of files that stay as they are
     * @param spaceBytes that the disk must have free
     * @param freeBytes that it has
     */
    record Planned(List<Source> sources, long writeBytes, long keptBytes, long spaceBytes, long freeBytes)
            implements ProgressEvent {
        public Planned {
            sources = List.copyOf(sources);
        }

        public long fetchBytes() {
            return sources.stream().mapToLong(Source::bytes).sum();
        }

        public long requests() {
            return sources.stream().mapToLong(Source::requests).sum();
        }

        /** For people, one line. */
        public String text() {
            return "to fetch: at most %s in %d requests%s; to write: %s; unchanged: %s; disk needed: %s of %s free"
                    .formatted(
                            TerminalText.bytes(fetchBytes()),
                            requests(),
                            sources.size() < 2
                                    ? ""
                                    : sources.stream()
                                            .map(source -> "%s in %d from %s"
                                                    .formatted(
                                                            TerminalText.bytes(source.bytes),
                                                            source.requests,
                                                            source.name))
                                            .collect(Collectors.joining(", ", " (", ")")),
                            TerminalText.bytes(writeBytes),
                            TerminalText.bytes(keptBytes),
                            TerminalText.bytes(spaceBytes),
                            TerminalText.bytes(freeBytes));
        }
    }

    /**
     * A source of bytes.
     *
     * @param name {@code chunks}, {@code install pack} or {@code delta pack}
     * @param bytes that it will send, at most
     */
    record Source(String name, long bytes, long requests) {}

    /** Something worth knowing that is no failure. */
    record Noted(String text) implements ProgressEvent {}

    /**
     * The command's outcome.
     *
     * @param text one or more lines for people
     * @param figures the same for programs: values are {@link String}, {@link Long}, {@link Integer}, {@link Boolean},
     *     or lists and maps of these
     */
    record Completed(String command, String text, Map<String, Object> figures) implements ProgressEvent {}

    /** The command ends without its outcome. */
    record Failed(String code, String message, int exitCode) implements ProgressEvent {}
}
