package org.vsekai.nebula.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.ledger.log.LogFixtures.describe;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.jgroups.protocols.raft.InMemoryLog;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations, with the log closed and opened in between, against jgroups-raft's {@link InMemoryLog} and a map. The map
 * alone goes on behind a restart after a snapshot, which InMemoryLog does not number rightly.
 */
class LogModelTest {
    private static final int STEPS = 3000;

    @TempDir
    Path temp;

    private final TreeMap<Long, String> model = new TreeMap<>();
    private long first;
    private long last;
    private long commit;
    private long term = 1;
    private String snapshot = "none";

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void doesWhatAModelDoes(boolean restarts) throws Exception {
        long seed = Long.getLong("nebula.seed", new Random().nextLong());
        System.out.printf("LogModelTest restarts=%s: -Dnebula.seed=%d%n", restarts, seed);
        SplittableRandom random = new SplittableRandom(seed);
        LogOptions options = new LogOptions(4096 << random.nextInt(3), 1500, 1 << 20, random.nextInt(3) * 2000L, false);
        InMemoryLog memory = restarts ? null : new InMemoryLog();
        if (memory != null) {
            memory.init(UUID.randomUUID().toString(), null);
        }
        SegmentedLog log = SegmentedLog.open(temp.resolve("log"), options);
        log.currentTerm(term);
        for (int step = 0; step < STEPS; step++) {
            String what = "seed %d, step %d".formatted(seed, step);
            switch (random.nextInt(restarts ? 12 : 11)) {
                case 0, 1, 2, 3, 4 -> append(random, log, memory);
                case 5 -> {
                    commit = commit + random.nextLong(last - commit + 1);
                    log.commitIndex(commit);
                    if (memory != null) {
                        memory.commitIndex(commit);
                    }
                }
                case 6 -> removeFrom(commit + 1 + random.nextLong(last - commit + 2), log, memory);
                case 7 -> truncate(random, log, memory, what);
                case 8 -> {
                    term += random.nextInt(3);
                    log.currentTerm(term);
                }
                case 9 -> {
                    log.close();
                    log = SegmentedLog.open(temp.resolve("log"), options);
                    assertThat(log.recovered()).as(what).isEmpty();
                    assertThat(log.commitIndex()).as(what).isBetween(first, commit);
                    log.commitIndex(commit);
                }
                case 10 -> checkAll(log, what);
                default -> restart(random, log, what);
            }
            assertThat(log.lastAppended()).as(what).isEqualTo(last);
            assertThat(log.firstAppended()).as(what).isEqualTo(first);
            assertThat(log.commitIndex()).as(what).isEqualTo(commit);
            assertThat(log.currentTerm()).as(what).isEqualTo(term);
            if (memory != null) {
                assertThat(memory.lastAppended()).as(what).isEqualTo(last);
                assertThat(memory.firstAppended()).as(what).isEqualTo(first);
                if (last > first) {
                    long index = first + 1 + random.nextLong(last - first);
                    assertThat(describe(log.get(index))).as(what).isEqualTo(describe(memory.get(index)));
                }
            }
        }
        checkAll(log, "at the end, seed " + seed);
        log.close();
        if (memory != null) {
            memory.delete();
        }
    }

    private void append(SplittableRandom random, SegmentedLog log, @Nullable InMemoryLog memory) {
        LogEntries entries = new LogEntries();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            byte[] command = new byte[random.nextInt(random.nextInt(10) == 0 ? 1500 : 100)];
            if (random.nextBoolean()) {
                random.nextBytes(command);
            }
            LogEntry entry = new LogEntry(term, command, 0, command.length, random.nextInt(10) == 0);
            entries.add(entry);
            model.put(last + 1 + i, describe(entry));
        }
        if (memory != null) {
            memory.append(last + 1, entries);
        }
        last = log.append(last + 1, entries);
    }

    private void removeFrom(long index, SegmentedLog log, @Nullable InMemoryLog memory) {
        log.deleteAllEntriesStartingFrom(index);
        if (index <= last) {
            if (memory != null) {
                memory.deleteAllEntriesStartingFrom(index);
            }
            model.tailMap(index).clear();
            last = index - 1;
        }
    }

    private void truncate(SplittableRandom random, SegmentedLog log, @Nullable InMemoryLog memory, String what) {
        long index = first + random.nextLong(last - first + 2);
        ByteBuffer content = LogFixtures.bytes(what);
        log.setSnapshot(content);
        log.truncate(index);
        long covered = Math.min(index, commit);
        if (covered > first) {
            snapshot = what;
            first = covered;
            if (memory != null) {
                memory.truncate(index);
            }
        }
        if (first > 0) {
            assertThat(LogFixtures.text(log.getSnapshot())).as(what).isEqualTo(snapshot);
        }
    }

    private void restart(SplittableRandom random, SegmentedLog log, String what) {
        long index = last + 1 + random.nextLong(100);
        term += random.nextInt(2);
        log.setSnapshot(LogFixtures.bytes(what));
        log.reinitializeTo(index, new LogEntry(term, null));
        snapshot = what;
        model.clear();
        first = index;
        last = index;
        commit = index;
    }

    private void checkAll(SegmentedLog log, String what) {
        TreeMap<Long, String> found = new TreeMap<>();
        log.forEach((entry, index) -> {
            if (index > first) {
                found.put(index, describe(entry));
            }
        });
        assertThat(found).as(what).isEqualTo(model.tailMap(first, false));
        if (first > 0) {
            assertThat(LogFixtures.text(log.getSnapshot())).as(what).isEqualTo(snapshot);
        }
    }
}
