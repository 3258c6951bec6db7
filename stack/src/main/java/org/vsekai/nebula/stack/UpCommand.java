package org.vsekai.nebula.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Starts the stack and waits until all of it is ready.")
final class UpCommand implements Callable<Integer> {
    private static final Duration DETACH_TIMEOUT = Duration.ofMinutes(6);

    /** A process group of its own, deaf to the terminal's end, whose id is printed. */
    private static final String DETACH = "set -m; log=$1; shift; nohup \"$@\" >>\"$log\" 2>&1 </dev/null & echo $!";

    @Mixin
    private Main.DataOption data = new Main.DataOption();

    @Mixin
    private Main.HomeOption home = new Main.HomeOption();

    @Option(
            names = "--port-base",
            paramLabel = "N",
            defaultValue = "" + Ports.DEFAULT_BASE,
            description =
                    "HTTP ports N to N+3, gRPC N+10 to N+13, PostgreSQL N+20, the ledger's members N+23, the cache"
                            + " N+30, further replicas behind; 0 picks free ones (default: ${DEFAULT-VALUE})")
    private int portBase = Ports.DEFAULT_BASE;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "1, 3 or 5 of entity-sync, which hosts the ledger, and as many nodes of the cache; a data folder"
                            + " keeps its number (default: what the folder has, else 1)")
    private int replicas;

    @Option(
            names = "--instances",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "1 or 2 of updater and cdn-registry, and of asset-store where --store is given; the second ones have"
                            + " HTTP ports N+40 to N+42 and gRPC N+43 to N+45 (default: ${DEFAULT-VALUE})")
    private int instances = 1;

    @Option(
            names = "--store",
            paramLabel = "URL",
            description =
                    "where chunks lie, for instance s3://bucket/prefix?endpoint=https://host:9000&lookup=path; its keys come from"
                            + " the environment (default: a folder of the data folder)")
    private @Nullable String store;

    @Option(names = "--detach", description = "return when all is ready; the stack runs on until down")
    private boolean detach;

    @Option(names = "--log-statements", paramLabel = "DIR", hidden = true)
    private @Nullable Path statementLog;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return detach ? detached() : attached();
    }

    private int attached() throws InterruptedException {
        PrintStream console = System.out;
        Stack stack = Stack.prepare(new Stack.Options(
                home.folder(),
                data.folder().root(),
                portBase,
                replicas,
                instances,
                store,
                statementLog,
                System.getenv("NEBULA_DETACHED") == null ? console : null,
                Map.of()));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            console.println("Stopping the stack ...");
                            stack.close();
                            console.println("Stopped. The data stays in "
                                    + data.folder().root());
                        },
                        "stop-stack"));
        console.println("Starting the stack in " + data.folder().root() + " ...");
        stack.launch();
        StackState.find(data.folder().stateFile())
                .ifPresent(state -> describe(state, spec.commandLine().getOut()));
        console.println("Stop it with Ctrl-C.");
        new CountDownLatch(1).await();
        return 0;
    }

    private void describe(StackState state, PrintWriter out) {
        Ports ports = new Ports(state.portBase());
        for (Instance instance : state.layout().all()) {
            out.printf("  %-13s %s  gRPC 127.0.0.1:%d%n", instance.title(), ports.url(instance), ports.grpc(instance));
        }
        for (int node = 0; node < state.layout().replicas(); node++) {
            out.printf(
                    "  %-13s 127.0.0.1:%d%n",
                    SupervisedCache.title(node, state.layout().replicas()), ports.cache() + node);
        }
        out.printf("  %-13s %s%n", "postgres", "127.0.0.1:" + ports.postgres());
        out.printf("  %-13s %s%n", "token", data.folder().root().resolve("token"));
        out.flush();
    }

    private int detached() throws IOException, InterruptedException {
        DataFolder folder = data.folder();
        // Tells a running stack at once, rather than from the log of a second one.
        folder.tryLock()
                .orElseThrow(() -> new StackException("A stack runs already in " + folder.root()
                        + ". See it with status, stop it with down, or start another with --data."))
                .acquiredBy()
                .close();
        Path log = folder.log("supervisor");
        ProcessRecord supervisor = spawn(log);
        long deadlineNanos = System.nanoTime() + DETACH_TIMEOUT.toNanos();
        while (supervisor.find().isPresent() && System.nanoTime() < deadlineNanos) {
            Optional<StackState> state = StackState.find(folder.stateFile())
                    .filter(found -> found.ready() && found.supervisor().pid() == supervisor.pid());
            if (state.isPresent()) {
                spec.commandLine().getOut().println("The stack is ready:");
                describe(state.get(), spec.commandLine().getOut());
                return 0;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        supervisor.stop(Duration.ofMinutes(1));
        throw new StackException("The stack did not start. Its log " + log + " says:\n" + Files.readString(log));
    }

    private ProcessRecord spawn(Path log) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", "-c", DETACH, "nebula-detach", log.toString()));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(
                "up",
                "--home",
                home.folder().toString(),
                "--data",
                data.folder().root().toString()));
        command.addAll(List.of("--port-base", Integer.toString(portBase), "--replicas", Integer.toString(replicas)));
        command.addAll(List.of("--instances", Integer.toString(instances)));
        if (store != null) {
            command.addAll(List.of("--store", store));
        }
        if (statementLog != null) {
            command.addAll(
                    List.of("--log-statements", statementLog.toAbsolutePath().toString()));
        }
        Files.deleteIfExists(log);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("NEBULA_DETACHED", "true");
        Process shell = builder.start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))) {
            String pid = output.readLine();
            if (shell.waitFor() != 0 || pid == null) {
                throw new StackException("The stack cannot be started in the background");
            }
            return ProcessHandle.of(Long.parseLong(pid))
                    .map(ProcessRecord::of)
                    .orElseThrow(() -> new StackException("The stack ended at once; see " + log));
        }
    }
}
