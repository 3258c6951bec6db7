package org.vsekai.nebula.ledger.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;

/** Small logs, and looking at their files. */
final class LogFixtures {
    /** Segments of 4 KiB, so that few entries fill one; nothing kept in memory, so that every read is one of the file. */
    static final LogOptions SMALL = new LogOptions(4096, 2048, 1 << 20, 0, false);

    private LogFixtures() {}

    static LogEntry entry(long term, String command) {
        byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
        return new LogEntry(term, bytes, 0, bytes.length);
    }

    static LogEntries entries(LogEntry... entries) {
        return LogEntries.create(entries);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    /** Index, term and command of every entry that can be read from {@code from} on. */
    static List<String> contents(SegmentedLog log, long from) {
        List<String> found = new ArrayList<>();
        for (long index = from; index <= log.lastAppended(); index++) {
            found.add(index + " " + describe(log.get(index)));
        }
        return found;
    }

    static String describe(LogEntry entry) {
        return entry == null
                ? "none"
                : "%d%s %s"
                        .formatted(
                                entry.term(),
                                entry.internal() ? " internal" : "",
                                entry.command() == null
                                        ? "none"
                                        : HexFormat.of()
                                                .formatHex(
                                                        entry.command(),
                                                        entry.offset(),
                                                        entry.offset() + entry.length()));
    }

    static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to);
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void remove(Path folder) {
        try {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file of the folder but the lock, as hex. */
    static Map<String, String> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            Map<String, String> found = new TreeMap<>();
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!file.endsWith("lock")) {
                    found.put(file.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
