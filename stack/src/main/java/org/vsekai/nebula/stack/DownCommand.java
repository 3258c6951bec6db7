package org.vsekai.nebula.stack;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "down", mixinStandardHelpOptions = true, description = "Stops the stack; its data stays.")
final class DownCommand implements Callable<Integer> {
    private static final Duration SUPERVISOR_PATIENCE = Duration.ofSeconds(90);
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private Main.DataOption data = new Main.DataOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DataFolder folder = data.folder();
        if (!Files.isDirectory(folder.root())) {
            spec.commandLine().getOut().println("No stack runs in " + folder.root());
            return 0;
        }
        Optional<StackState> running = StackState.find(folder.stateFile());
        running.ifPresent(state -> state.supervisor().stop(SUPERVISOR_PATIENCE));
        FileLock lock = lock(folder);
        try {
            Stack.stopLeftovers(folder);
        } finally {
            lock.acquiredBy().close();
        }
        spec.commandLine()
                .getOut()
                .println(
                        running.isPresent()
                                ? "Stopped. The data stays in " + folder.root()
                                : "No stack ran in " + folder.root());
        return 0;
    }

    /** A supervisor that has not written its state yet still holds the lock. */
    private static FileLock lock(DataFolder folder) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + LOCK_PATIENCE.toNanos();
        while (System.nanoTime() < deadlineNanos) {
            Optional<FileLock> lock = folder.tryLock();
            if (lock.isPresent()) {
                return lock.get();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new StackException("A stack is starting in " + folder.root() + "; run down again when it is up");
    }
}
