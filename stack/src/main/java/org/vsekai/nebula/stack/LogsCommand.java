package org.vsekai.nebula.stack;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "logs", mixinStandardHelpOptions = true, description = "Prints the end of the services' logs.")
final class LogsCommand implements Callable<Integer> {
    private static final int MAX_TAIL_BYTES = 32 << 10;

    @Mixin
    private Main.DataOption data = new Main.DataOption();

    @Option(names = "-f", description = "go on with what is written, until Ctrl-C")
    private boolean follow;

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "updater, cdn-registry, asset-store, entity-sync, with a number where there are several"
                    + " (entity-sync-0), infinispan, postgres or supervisor (default: all services)")
    private @Nullable String name;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, Path> files = files();
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Long> read = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            long size = Files.exists(file.getValue()) ? Files.size(file.getValue()) : 0;
            read.put(file.getKey(), print(out, file, Math.max(0, size - MAX_TAIL_BYTES), size > MAX_TAIL_BYTES));
        }
        while (follow) {
            TimeUnit.MILLISECONDS.sleep(300);
            for (Map.Entry<String, Path> file : files.entrySet()) {
                read.put(file.getKey(), print(out, file, read.getOrDefault(file.getKey(), 0L), false));
            }
        }
        return 0;
    }

    private Map<String, Path> files() {
        Map<String, Path> files = new LinkedHashMap<>();
        DataFolder folder = data.folder();
        int replicas = folder.findReplicas().orElse(1);
        StackState.find(folder.stateFile())
                .map(state -> state.layout().all().stream().map(Instance::title).toList())
                .orElseGet(folder::logs)
                .forEach(title -> files.put(title, folder.log(title)));
        if (name == null) {
            return files;
        }
        for (int node = 0; node < replicas; node++) {
            files.put(SupervisedCache.title(node, replicas), SupervisedCache.log(folder.cache(), node));
        }
        files.put("postgres", folder.postgres().resolve("postgres.log"));
        files.put("supervisor", folder.log("supervisor"));
        Path file = files.get(name);
        if (file == null) {
            throw new StackException(
                    "There is no log of " + name + "; there are: " + String.join(", ", files.keySet()));
        }
        return Map.of(name, file);
    }

    /** Prints whole lines from an offset in bytes and returns the offset behind them. */
    private static long print(PrintWriter out, Map.Entry<String, Path> file, long from, boolean midLine)
            throws IOException {
        if (!Files.exists(file.getValue())) {
            return 0;
        }
        try (RandomAccessFile log = new RandomAccessFile(file.getValue().toFile(), "r")) {
            long start = from > log.length() ? 0 : from;
            log.seek(start);
            byte[] bytes = new byte[(int) Math.min(log.length() - start, 2L * MAX_TAIL_BYTES)];
            log.readFully(bytes);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            List<String> lines =
                    new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList();
            lines.stream().skip(midLine ? 1 : 0).forEach(line -> out.printf("%-12s | %s%n", file.getKey(), line));
            out.flush();
            return start + end;
        }
    }
}
