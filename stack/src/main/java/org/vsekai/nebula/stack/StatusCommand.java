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
        Ports ports = new Ports(state.portBase());
        for (Instance instance : state.layout().all()) {
            Optional<ProcessHandle> process = process(state, instance.title());
            boolean ready = process.isPresent() && Stack.isReady(ports.url(instance));
            allReady &= ready;
            print(instance.title(), process, ready, ports.url(instance).toString());
        }
        for (int node = 0; node < state.layout().replicas(); node++) {
            String title = SupervisedCache.title(node, state.layout().replicas());
            Optional<ProcessHandle> process = process(state, title);
            allReady &= process.isPresent();
            print(title, process, process.isPresent(), "127.0.0.1:" + (ports.cache() + node));
        }
        return allReady ? 0 : 1;
    }

    private static Optional<ProcessHandle> process(StackState state, String title) {
        return Optional.ofNullable(state.services().get(title)).flatMap(ProcessRecord::find);
    }

    private void print(String title, Optional<ProcessHandle> process, boolean ready, String address) {
        spec.commandLine()
                .getOut()
                .printf(
                        "%-13s %-9s %-8s %s%n",
                        title,
                        process.isEmpty() ? "down" : ready ? "ready" : "not ready",
                        process.map(handle -> Long.toString(handle.pid())).orElse("-"),
                        address);
    }
}
