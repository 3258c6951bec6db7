package org.vsekai.nebula.system.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program as root of namespaces of its own for network, processes and mounts: whatever it sets up or starts there is
 * gone with it, however it ends, and nothing outside can be touched. Whoever is not root becomes so only inside.
 */
final class Sandbox {
    private static final List<String> SPACES =
            List.of("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");
    /** {@code ip netns} keeps its names in /run. */
    private static final List<String> PRELUDE = List.of("sh", "-c", "mount -t tmpfs tmpfs /run && exec \"$@\"", "sh");

    private final List<String> prefix;

    private Sandbox(List<String> prefix) {
        this.prefix = prefix;
    }

    /** Empty if this system does not let us. */
    static Optional<Sandbox> find() throws IOException, InterruptedException {
        List<String> asUser = new ArrayList<>(SPACES);
        asUser.addAll(List.of("--user", "--map-root-user"));
        List<String> bySudo = new ArrayList<>(List.of("sudo", "-n", "--preserve-env"));
        bySudo.addAll(SPACES);
        for (List<String> prefix : List.of(SPACES, asUser, bySudo)) {
            Sandbox sandbox = new Sandbox(prefix);
            if (sandbox.works()) {
                return Optional.of(sandbox);
            }
        }
        return Optional.empty();
    }

    List<String> command(List<String> program) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(PRELUDE);
        command.addAll(program);
        return command;
    }

    private boolean works() throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command(List.of("ip", "netns", "add", "probe")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(10, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            // There is no such program here.
            return false;
        }
    }
}
