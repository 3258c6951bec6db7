package org.vsekai.nebula.system.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.system.Peer;
import org.vsekai.nebula.system.SourceTree;

/**
 * Counters and leases stay linearizable whatever happens to the members. {@code nebula.linearizability.seconds} and
 * {@code nebula.linearizability.seed} make it longer and repeat it; the same seed gives the same faults in the same order and
 * the same choices of each client, while how they meet is up to the machine.
 */
@Tag("alone")
class LinearizabilityIT {
    private static final long SECONDS = Long.getLong("nebula.linearizability.seconds", 75);
    /** Beyond the time for faults: starting, recovering from the last of them, controls, and the judge. */
    private static final long PATIENCE_SECONDS = SECONDS + 900;

    @Test
    void countersAndLeasesAreLinearizableUnderFaultsAndWrongClientsAreFound() throws IOException, InterruptedException {
        Path judge = Peer.find("linearizability").program();
        Optional<Sandbox> sandbox = Sandbox.find();
        if ("true".equals(System.getenv("CI"))) {
            assertThat(sandbox)
                    .as("namespaces by unshare and ip (Debian: util-linux, iproute2), which CI must allow")
                    .isPresent();
        }
        assumeThat(sandbox).as("namespaces by unshare and ip").isPresent();

        long seed = Long.getLong("nebula.linearizability.seed", System.nanoTime());
        System.out.println("LinearizabilityIT: seed " + seed);
        Path root = SourceTree.root();
        Process run = new ProcessBuilder(sandbox.orElseThrow()
                        .command(List.of(
                                Path.of(System.getProperty("java.home"), "bin/java")
                                        .toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LinearizabilityRun.class.getName(),
                                root.toString(),
                                judge.toString(),
                                root.resolve("system-tests/target/linearizability/" + seed)
                                        .toString(),
                                Long.toString(SECONDS),
                                Long.toString(seed))))
                .redirectErrorStream(true)
                .start();
        Thread output = Thread.ofVirtual().start(() -> run.inputReader().lines().forEach(System.out::println));
        try {
            assertThat(run.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("it ends in time")
                    .isTrue();
            output.join();
            assertThat(run.exitValue()).as("seed %d", seed).isZero();
        } finally {
            run.destroyForcibly();
        }
    }
}
