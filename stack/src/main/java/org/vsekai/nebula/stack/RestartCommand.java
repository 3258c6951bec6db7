package org.vsekai.nebula.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks one process after the other to end; the stack's supervisor starts each again. */
@Command(
        name = "restart",
        mixinStandardHelpOptions = true,
        description = {
            "Restarts the stack's processes one at a time, each when the one before is ready again.",
            "Where there are several of a kind, the others go on meanwhile."
        })
final class RestartCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @Mixin
    private Main.DataOption data = new Main.DataOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "processes as status names them, such as updater-0, or all of a kind: entity-sync"
                    + " (default: the cache's nodes, then all services)")
    private List<String> names = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        DataFolder folder = data.folder();
        StackState state = StackState.find(folder.stateFile())
                .filter(StackState::ready)
                .orElseThrow(() -> new StackException("No stack is ready in " + folder.root()));
        for (String title : chosen(titles(state))) {
            long began = System.nanoTime();
            restart(folder, title);
            spec.commandLine()
                    .getOut()
                    .printf("%-13s ready after %.1f s%n", title, (System.nanoTime() - began) / 1e9)
                    .flush();
        }
        return 0;
    }

    private static List<String> titles(StackState state) {
        List<String> titles = new ArrayList<>();
        int nodes = state.layout().replicas();
        for (int node = 0; node < nodes; node++) {
            titles.add(SupervisedCache.title(node, nodes));
        }
        state.layout().all().forEach(instance -> titles.add(instance.title()));
        return titles;
    }

    private List<String> chosen(List<String> titles) {
        if (names.isEmpty()) {
            return titles;
        }
        List<String> chosen = new ArrayList<>();
        for (String name : names) {
            List<String> meant = titles.stream()
                    .filter(title -> title.equals(name) || title.matches("\\Q" + name + "\\E-[0-9]+"))
                    .toList();
            if (meant.isEmpty()) {
                throw new StackException("There is no process " + name + "; there are: " + String.join(", ", titles));
            }
            chosen.addAll(meant);
        }
        return chosen.stream().distinct().toList();
    }

    private static void restart(DataFolder folder, String title) throws InterruptedException {
        Optional<ProcessRecord> before = process(folder, title);
        before.flatMap(ProcessRecord::find).ifPresent(ProcessHandle::destroy);
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!isBack(folder, title, before)) {
            if (System.nanoTime() > deadlineNanos) {
                throw new StackException(title + " is not ready again after " + PATIENCE.toSeconds()
                        + " s; the others were left alone. Look at its log: logs " + title);
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static Optional<ProcessRecord> process(DataFolder folder, String title) {
        return StackState.find(folder.stateFile())
                .flatMap(state -> Optional.ofNullable(state.services().get(title)));
    }

    private static boolean isBack(DataFolder folder, String title, Optional<ProcessRecord> before) {
        StackState state = StackState.find(folder.stateFile())
                .orElseThrow(() -> new StackException("The stack in " + folder.root() + " was stopped meanwhile"));
        Optional<ProcessRecord> now = Optional.ofNullable(state.services().get(title));
        return !now.equals(before)
                && now.flatMap(ProcessRecord::find).isPresent()
                && Optional.ofNullable(state.urls().get(title))
                        .map(Stack::isReady)
                        .orElse(true);
    }
}
