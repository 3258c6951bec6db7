package org.vsekai.nebula.ledger.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of one log: its names, and writing in it. Segments are {@code segment-{first index}}, snapshots
 * {@code snapshot-{index}}, both with 20 digits; {@code vote}, {@code voters} and {@code lock} are one file each. What ends in {@code .tmp} was
 * never published and counts for nothing. Files of other names are left alone. Thread-safe.
 */
final class LogFolder {
    private static final Pattern NUMBERED = Pattern.compile("(segment|snapshot)-([0-9]{20})");
    private static final int ZEROS = 1 << 20;

    private final Path path;
    private final Disk disk;
    private final boolean fsync;
    private final LongAdder fsyncs = new LongAdder();
    private final LongAdder fsyncNanos = new LongAdder();
    private final LongAccumulator fsyncNanosMax = new LongAccumulator(Math::max, 0);

    LogFolder(Path path, Disk disk, boolean fsync) {
        this.path = path;
        this.disk = disk;
        this.fsync = fsync;
    }

    Path path() {
        return path;
    }

    Path segment(long first) {
        return path.resolve("segment-%020d".formatted(first));
    }

    Path snapshot(long index) {
        return path.resolve("snapshot-%020d".formatted(index));
    }

    Path vote() {
        return path.resolve("vote");
    }

    Path voters() {
        return path.resolve("voters");
    }

    Path lock() {
        return path.resolve("lock");
    }

    Path temporary(String name) {
        return path.resolve(name + ".tmp");
    }

    /** Segments by first index. */
    NavigableMap<Long, Path> segments() throws IOException {
        return numbered("segment");
    }

    /** Snapshots by index. */
    NavigableMap<Long, Path> snapshots() throws IOException {
        return numbered("snapshot");
    }

    private NavigableMap<Long, Path> numbered(String kind) throws IOException {
        NavigableMap<Long, Path> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = String.valueOf(file.getFileName());
                Matcher matcher = NUMBERED.matcher(name);
                if (matcher.matches() && matcher.group(1).equals(kind)) {
                    found.put(number(file, matcher.group(2)), file);
                } else if (name.startsWith(kind + "-") && !name.endsWith(".tmp")) {
                    throw new CorruptLogException(file, 0, "a name that no " + kind + " has");
                }
            }
        }
        return found;
    }

    private static long number(Path file, String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new CorruptLogException(file, 0, "a number in its name above " + Long.MAX_VALUE);
        }
    }

    /** Makes the folder, and each above it that is missing, durably. */
    void make() throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = path.toAbsolutePath(); at != null && !Files.exists(at); at = at.getParent()) {
            missing.push(at);
        }
        Files.createDirectories(path);
        for (Path made : missing) {
            Path parent = made.getParent();
            if (fsync && parent != null) {
                disk.syncFolder(parent);
            }
        }
    }

    void deleteTemporaries() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (String.valueOf(file.getFileName()).endsWith(".tmp")) {
                    disk.delete(file);
                }
            }
        }
    }

    /** A new file under a temporary name; what was there under that name is removed. */
    FileChannel create(Path temporary) throws IOException {
        disk.delete(temporary);
        return disk.create(temporary);
    }

    void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
        disk.write(channel, bytes, offset);
    }

    /** Zeros in {@code [from, to)}, not yet durable. */
    void zero(FileChannel channel, long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS, Math.max(0, to - from)));
        for (long at = from; at < to; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
            disk.write(channel, zeros, at);
        }
    }

    void force(FileChannel channel) throws IOException {
        if (!fsync) {
            return;
        }
        long start = System.nanoTime();
        disk.force(channel);
        long nanos = System.nanoTime() - start;
        fsyncs.increment();
        fsyncNanos.add(nanos);
        fsyncNanosMax.accumulate(nanos);
    }

    /** Gives a finished and forced file its name, durably. */
    void publish(Path temporary, Path target) throws IOException {
        disk.rename(temporary, target);
        sync();
    }

    void delete(Path file) throws IOException {
        disk.delete(file);
    }

    /** Makes names, and that they are gone, durable. */
    void sync() throws IOException {
        if (fsync) {
            disk.syncFolder(path);
        }
    }

    void deleteAll(Map<Long, Path> files) throws IOException {
        for (Path file : files.values()) {
            disk.delete(file);
        }
        if (!files.isEmpty()) {
            sync();
        }
    }

    long fsyncs() {
        return fsyncs.sum();
    }

    long fsyncNanos() {
        return fsyncNanos.sum();
    }

    long fsyncNanosMax() {
        return fsyncNanosMax.get();
    }
}
