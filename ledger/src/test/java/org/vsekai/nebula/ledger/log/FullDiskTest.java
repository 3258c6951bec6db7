package org.vsekai.nebula.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.vsekai.nebula.ledger.log.LogFixtures.entries;
import static org.vsekai.nebula.ledger.log.LogFixtures.entry;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system that runs full. Needs the right to mount one; without it {@link LogCrashTest} fails each step instead. */
class FullDiskTest {
    @TempDir
    Path disk;

    @Test
    void refusesWritesOnAFullDiskAndKeepsWhatItAcknowledged() throws Exception {
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", disk.toString()), "cannot mount a tmpfs");
        try {
            Path folder = disk.resolve("log");
            LogOptions options = new LogOptions(16384, 4096, 1 << 20, 0, true);
            long acknowledged = 0;
            try (SegmentedLog log = SegmentedLog.open(folder, options)) {
                Throwable failure = null;
                while (failure == null && acknowledged < 10_000) {
                    failure = catchThrowable(
                            () -> log.append(log.lastAppended() + 1, entries(entry(1, "x".repeat(1000)))));
                    acknowledged += failure == null ? 1 : 0;
                }
                assertThat(failure).isInstanceOf(LogFailedException.class).hasCauseInstanceOf(IOException.class);
                assertThatThrownBy(() -> log.currentTerm(9)).isSameAs(failure);
                assertThat(log.get(acknowledged)).isNotNull();
            }
            try (SegmentedLog log = SegmentedLog.open(folder, options)) {
                assertThat(log.lastAppended()).isEqualTo(acknowledged).isGreaterThan(50);
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
