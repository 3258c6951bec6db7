package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/operators.md tells an operator to do with the ledger's members, done to real ones with the commands it names. */
class LedgerOperationsIT {
    private static final long PATIENCE_SECONDS = 180;
    private static final List<String> VOTERS = List.of("ledger-0", "ledger-1", "ledger-2");

    @TempDir
    private Path temporary;

    private final StringWriter said = new StringWriter();
    private LedgerVoters voters;

    @BeforeEach
    void startAll() throws IOException {
        voters = new LedgerVoters(temporary, List.of("ledger-0", "ledger-1", "ledger-2", "ledger-3"));
        for (String id : VOTERS) {
            voters.start(id, VOTERS);
        }
        eventually("there is a leader", () -> vsekai(0, "status", "ledger-0", "ledger-1", "ledger-2"));
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        voters.close();
    }

    @Test
    void aLostMemberIsReplacedAndAMinorityIsReadable() throws Exception {
        voters.add("ledger-0", "kept", 41);

        // Lost with its disk.
        voters.kill("ledger-2");
        delete(voters.folder("ledger-2"));
        voters.add("ledger-1", "kept", 1);
        assertThat(vsekai(0, "members remove ledger-2", "ledger-0", "ledger-1")).isTrue();
        assertThat(said.toString()).contains("ledger-2 has no vote any more");

        voters.start("ledger-3", List.of("ledger-0", "ledger-1"));
        eventually("ledger-3 is added", () -> vsekai(0, "members add ledger-3", "ledger-0", "ledger-1"));
        assertThat(said.toString()).contains("ledger-3 votes now");
        assertThat(vsekai(0, "status", "ledger-0", "ledger-1", "ledger-3")).isTrue();
        assertThat(said.toString()).contains("votes: ledger-0, ledger-1, ledger-3");
        eventually(
                "the new member has it all",
                () -> vsekai(0, "counters --stale", "ledger-3")
                        && said.toString().contains("kept  42"));

        // It counts: with one of the others gone there is still a majority.
        voters.kill("ledger-0");
        eventually("there is a leader again", () -> voters.isWritable("ledger-3"));
        assertThat(voters.add("ledger-3", "kept", 1)).isEqualTo(43);

        // And then there is none.
        voters.kill("ledger-1");
        eventually("the minority knows that it is one", () -> vsekai(3, "counters", "ledger-3"));
        assertThat(said.toString()).contains("the ledger has no leader");
        assertThat(vsekai(3, "status", "ledger-3")).isTrue();
        assertThat(said.toString()).contains("no leader: writes are refused");
        assertThat(vsekai(0, "counters --stale", "ledger-3")).isTrue();
        assertThat(said.toString()).contains("kept  43");
    }

    @Test
    void allMembersAreRestoredFromACopyOfOne() throws Exception {
        voters.add("ledger-0", "kept", 42);

        // The copy: what it must hold is seen first, a snapshot makes it small, and the member is stopped while it is
        // copied.
        assertThat(vsekai(0, "counters", "ledger-1")).isTrue();
        assertThat(vsekai(0, "snapshot", "ledger-1")).isTrue();
        voters.stop("ledger-1");
        Path copy = temporary.resolve("copy");
        copy(voters.folder("ledger-1"), copy);
        voters.start("ledger-1", VOTERS);
        eventually("it is back", () -> vsekai(0, "status", "ledger-0", "ledger-1", "ledger-2"));
        assertThat(voters.add("ledger-1", "lost", 7)).isEqualTo(7);
        assertThat(voters.add("ledger-1", "kept", 8)).isEqualTo(50);

        for (String id : VOTERS) {
            voters.stop(id);
            delete(voters.folder(id));
            copy(copy, voters.folder(id));
        }
        for (String id : VOTERS) {
            voters.start(id, VOTERS);
        }

        eventually("all are there", () -> vsekai(0, "status", "ledger-0", "ledger-1", "ledger-2"));
        for (String id : VOTERS) {
            eventually(id + " holds the copy", () -> vsekai(0, "counters", id));
            assertThat(said.toString()).contains("kept  42").doesNotContain("lost");
        }
        assertThat(voters.add("ledger-2", "kept", 1)).isEqualTo(43);
    }

    /** Runs {@code vsekai ledger} and tells whether it ended so; what it said is in {@code said}. */
    private boolean vsekai(int exitCode, String command, String... ids) {
        said.getBuffer().setLength(0);
        List<String> words = new ArrayList<>(List.of("ledger"));
        words.addAll(List.of(command.split(" ")));
        words.addAll(List.of("--token", LedgerVoters.TOKEN, "--ledger", voters.urls(ids)));
        String[] line = words.toArray(String[]::new);
        PrintWriter writer = new PrintWriter(said, true);
        int ended = org.vsekai.nebula.launcher.cli.Vsekai.commandLine(line)
                .setOut(writer)
                .setErr(writer)
                .execute(line);
        return ended == exitCode;
    }

    private void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("gave up waiting until " + what + "\n" + said + "\n" + voters.logs());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
