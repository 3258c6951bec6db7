package org.vsekai.nebula.benchmarks.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.vsekai.nebula.benchmarks.Measurement;
import org.vsekai.nebula.benchmarks.Turns;
import org.vsekai.nebula.ledger.log.LogOptions;
import org.vsekai.nebula.ledger.log.SegmentedLog;

/** One writer: appends to the log beside the same bytes written and synced in a file that is preallocated, and in one that grows. */
final class LogSpeed {
    private static final int BYTES = 256;
    private static final int PREALLOCATED = 64 << 20;

    private final Path folder;
    private final Duration length;
    private final byte[] command = new byte[BYTES];

    LogSpeed(Path folder, Duration length) {
        this.folder = folder;
        this.length = length;
        new Random(1).nextBytes(command);
    }

    private interface Write {
        void one() throws IOException;
    }

    /** Writes per second of each, the median round. */
    Map<String, Double> run(int rounds) throws IOException {
        Map<String, long[]> counts = new LinkedHashMap<>();
        Turns turns = new Turns();
        try (SegmentedLog log = SegmentedLog.open(folder.resolve("one-log"), LogOptions.DEFAULT);
                FileChannel preallocated = file("preallocated");
                FileChannel growing = file("growing")) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            for (long at = 0; at < PREALLOCATED; at += zeros.capacity()) {
                preallocated.write(zeros.clear(), at);
            }
            preallocated.force(true);
            add(turns, counts, "log, an entry an append", () -> {
                LogEntries entries = new LogEntries().add(new LogEntry(1, command));
                log.append(log.lastAppended() + 1, entries);
            });
            add(turns, counts, "preallocated file, write and fdatasync", new Raw(preallocated));
            add(turns, counts, "growing file, write and fdatasync", new Raw(growing));
            Map<String, List<Measurement>> runs = turns.run(rounds);
            Map<String, Double> rates = new LinkedHashMap<>();
            runs.forEach((name, measured) -> rates.put(
                    name,
                    counts.getOrDefault(name, new long[1])[0]
                            / measured.stream()
                                    .mapToDouble(Measurement::wallSeconds)
                                    .sum()));
            return rates;
        }
    }

    private FileChannel file(String name) throws IOException {
        Files.createDirectories(folder);
        return FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private final class Raw implements Write {
        private final FileChannel channel;
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(320).put(command);
        private long offset;

        Raw(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void one() throws IOException {
            channel.write(bytes.clear(), offset);
            channel.force(false);
            offset = (offset + bytes.capacity()) % (PREALLOCATED - 4096);
        }
    }

    private void add(Turns turns, Map<String, long[]> counts, String name, Write write) {
        long[] count = new long[1];
        counts.put(name, count);
        turns.add(name, () -> {
            long start = System.nanoTime();
            while (System.nanoTime() - start < length.toNanos()) {
                write.one();
                count[0]++;
            }
            return new Measurement((System.nanoTime() - start) / 1e9, 0, 0, 0);
        });
    }
}
