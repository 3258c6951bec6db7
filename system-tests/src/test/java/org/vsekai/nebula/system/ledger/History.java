package org.vsekai.nebula.system.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.system.ledger.Operation.Answer;

/** Every operation of all clients, one JSON object per line, timed by one monotonic clock. Safe for use by many threads. */
final class History implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"client", "call", "return", "operation", "key", "arguments", "result"})
    private record Line(
            int client,
            long call,
            @JsonProperty("return") @Nullable Long returned,
            String operation,
            String key,
            Operation.Arguments arguments,
            @Nullable Answer result) {}

    private final Path file;
    private final BufferedWriter lines;
    private final long origin = System.nanoTime();
    private final Map<String, Long> reasons = new TreeMap<>();
    private long known;
    private long unknown;
    private long notDone;
    private long attempts;
    private long lastAnswer;
    private long silence;

    History(Path file) throws IOException {
        this.file = file;
        this.lines = Files.newBufferedWriter(file);
    }

    Path file() {
        return file;
    }

    long now() {
        return System.nanoTime() - origin;
    }

    /** Taken after the answer is there, before anyone can act on it. */
    synchronized void known(int client, long call, Operation operation, Answer answer) {
        long now = now();
        known++;
        silence = Math.max(silence, now - lastAnswer);
        lastAnswer = now;
        write(new Line(client, call, now, operation.operation(), operation.key(), operation.arguments(), answer));
    }

    synchronized void unknown(int client, long call, Operation operation) {
        unknown++;
        write(new Line(client, call, null, operation.operation(), operation.key(), operation.arguments(), null));
    }

    /** What certainly did not happen is counted but no part of the history; if it did happen, the rest will not add up. */
    synchronized void notDone() {
        notDone++;
    }

    synchronized void attemptFailed(String why) {
        reasons.merge(why, 1L, Long::sum);
    }

    synchronized void attempted() {
        attempts++;
    }

    private void write(Line line) {
        try {
            lines.write(JSON.writeValueAsString(line));
            lines.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized Counts counts() {
        return new Counts(known, unknown, notDone, attempts, new TreeMap<>(reasons));
    }

    /** The longest time without any answer since this was asked last. */
    synchronized Duration takeSilence() {
        Duration taken = Duration.ofNanos(Math.max(silence, now() - lastAnswer));
        silence = 0;
        return taken;
    }

    /**
     * @param notDone refused to the end, with certainty; not counted as known
     * @param reasons why attempts failed, each with how often
     */
    record Counts(long known, long unknown, long notDone, long attempts, Map<String, Long> reasons) {
        long operations() {
            return known + unknown + notDone;
        }

        double knownShare() {
            return operations() == 0 ? 0 : (double) known / operations();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        lines.close();
    }
}
