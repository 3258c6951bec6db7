package org.vsekai.nebula.stack;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Prints the state and URL of each service; exit code 0 if all are ready, else 1.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private Main.DataOption data = new Main.DataOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Optional<StackState> running = StackState.find(data.folder().stateFile());
        if (running.isEmpty()) {
            out.println("No stack runs in " + data.folder().root());
            return 1;
        }
        StackState state = running.get();
        boolean allReady = state.supervisor().find().isPresent();
        if (!allReady) {
            out.println("The supervisor of the stack was killed; run down, or up to start again.");
        }
        for (Service service : Service.values()) {
            Optional<ProcessHandle> process =
                    Optional.ofNullable(state.services().get(service.title())).flatMap(ProcessRecord::find);
            boolean ready = process.isPresent() && Stack.isReady(new Ports(state.portBase()).url(service));
            allReady &= ready;
            out.printf(
                    "%-13s %-9s %-8s %s%n",
                    service.title(),
                    process.isEmpty() ? "down" : ready ? "ready" : "not ready",
                    process.map(handle -> Long.toString(handle.pid())).orElse("-"),
                    state.urls().get(service.title()));
        }
        return allReady ? 0 : 1;
    }
}
