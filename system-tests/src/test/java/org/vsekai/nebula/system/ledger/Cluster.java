package org.vsekai.nebula.system.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.vsekai.nebula.system.Signals;

/** The members' processes, each in its namespace of the network. */
final class Cluster implements AutoCloseable {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    /** How a member is started. */
    record Program(List<String> command, Map<String, String> environment) {}

    private final Network network;
    private final IntFunction<Program> programs;
    private final Path logs;
    private final Process[] processes;

    /** @param logs folder of what the members say */
    Cluster(Network network, int members, IntFunction<Program> programs, Path logs) throws IOException {
        this.network = network;
        this.programs = programs;
        this.logs = logs;
        this.processes = new Process[members];
        for (int member = 0; member < members; member++) {
            start(member);
        }
    }

    int size() {
        return processes.length;
    }

    void start(int member) throws IOException {
        Program program = programs.apply(member);
        ProcessBuilder builder = new ProcessBuilder(network.within(member, program.command()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(member).toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("NEBULA_") || name.startsWith("QUARKUS_"));
        builder.environment().putAll(program.environment());
        processes[member] = builder.start();
        processes[member].getOutputStream().close();
    }

    /** @throws IllegalStateException if the member has ended by itself */
    void requireAlive(int member) {
        if (!processes[member].isAlive()) {
            throw new IllegalStateException(
                    "member " + member + " ended with " + processes[member].exitValue() + "; see " + log(member));
        }
    }

    private Path log(int member) {
        return logs.resolve("member-" + member + ".log");
    }

    /** SIGKILL; the process is gone when this returns. */
    void kill(int member) throws InterruptedException {
        processes[member].destroyForcibly().waitFor();
    }

    /** SIGTERM, and the process is given time to end. */
    void terminate(int member) throws InterruptedException {
        processes[member].destroy();
        if (!processes[member].waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("member " + member + " did not end within " + STOP_PATIENCE);
        }
    }

    void pause(int member) throws IOException, InterruptedException {
        signal(member, "STOP");
    }

    void resume(int member) throws IOException, InterruptedException {
        signal(member, "CONT");
    }

    private void signal(int member, String name) throws IOException, InterruptedException {
        Signals.send(name, processes[member].pid());
    }

    @Override
    public void close() throws InterruptedException {
        for (int member = 0; member < processes.length; member++) {
            kill(member);
        }
    }
}
