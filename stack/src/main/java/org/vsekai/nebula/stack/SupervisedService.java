package org.vsekai.nebula.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.parts.OwnSession;

/**
 * One service as a child process. When it ends by itself it is started again, after a pause that doubles from 1 to 30 seconds;
 * ten ends in a row, none of them a minute after a start, and it is given up. If this process is killed, a watching shell ends the
 * service (except on Windows, where the next {@code up} or {@code down} does).
 *
 * <p>Thread safety: all methods may be called from any thread.
 */
final class SupervisedService {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration STABLE = Duration.ofMinutes(1);
    private static final int MAX_ENDS = 10;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    /** Reads end-of-file when the supervisor is gone, then ends the service: politely, after 10 seconds by force. */
    private static final String WATCH = "read -r line; kill -TERM \"$1\" 2>/dev/null; n=0; "
            + "while [ $n -lt 20 ] && kill -0 \"$1\" 2>/dev/null; do sleep 0.5; n=$((n + 1)); done; "
            + "kill -KILL \"$1\" 2>/dev/null";

    private final Instance instance;
    private final List<String> command;
    private final Map<String, String> environment;
    private final ServiceLog log;
    private final Runnable changed;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread supervisor;
    private volatile @Nullable ProcessRecord process;
    private volatile int ends;

    /**
     * Starts the service.
     *
     * @param environment is added to this process's own, of which everything that configures Nebula is left out
     * @param changed is called, on the supervising thread, after each start
     */
    SupervisedService(
            Instance instance,
            List<String> command,
            Map<String, String> environment,
            ServiceLog log,
            Runnable changed) {
        this.instance = instance;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.log = log;
        this.changed = changed;
        this.supervisor =
                Thread.ofPlatform().name("supervise-" + instance.title()).unstarted(this::supervise);
    }

    SupervisedService start() {
        supervisor.start();
        return this;
    }

    Instance instance() {
        return instance;
    }

    Optional<ProcessRecord> process() {
        return Optional.ofNullable(process);
    }

    /** How often in a row the service ended by itself. */
    int ends() {
        return ends;
    }

    private void supervise() {
        Duration pause = FIRST_PAUSE;
        try {
            while (stopping.getCount() > 0 && ends < MAX_ENDS) {
                long startNanos = System.nanoTime();
                String outcome = runOnce();
                if (stopping.getCount() == 0) {
                    return;
                }
                if (System.nanoTime() - startNanos >= STABLE.toNanos()) {
                    ends = 0;
                    pause = FIRST_PAUSE;
                }
                ends++;
                log.line(outcome
                        + (ends < MAX_ENDS ? "; starting it again in " + pause.toSeconds() + " s" : "; given up"));
                if (ends < MAX_ENDS && stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String runOnce() throws InterruptedException {
        Process child;
        try {
            ProcessBuilder builder = new ProcessBuilder(OwnSession.command(command)).redirectErrorStream(true);
            builder.environment().keySet().removeIf(name -> name.startsWith("NEBULA_") || name.startsWith("QUARKUS_"));
            builder.environment().putAll(environment);
            child = builder.start();
            child.getOutputStream().close();
        } catch (IOException e) {
            return instance.title() + " cannot be started: " + e.getMessage();
        }
        Process watch = null;
        try {
            watch = watch(child);
            process = ProcessRecord.of(child.toHandle());
            if (stopping.getCount() == 0) {
                child.destroy();
            }
            changed.run();
            copyOutput(child);
            return instance.title() + " ended with exit code " + child.waitFor();
        } catch (IOException e) {
            return instance.title() + " cannot be watched: " + e.getMessage();
        } finally {
            child.destroyForcibly().waitFor();
            if (watch != null) {
                watch.destroyForcibly();
            }
        }
    }

    private static @Nullable Process watch(Process child) throws IOException {
        if (System.getProperty("os.name").startsWith("Windows")) {
            return null;
        }
        return new ProcessBuilder(OwnSession.command(
                        List.of("sh", "-c", WATCH, "nebula-service-watch", Long.toString(child.pid()))))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void copyOutput(Process child) {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                log.line(line);
            }
        } catch (IOException e) {
            log.line("(its output broke off: " + e.getMessage() + ")");
        }
    }

    /** Asks the service to end; {@link #awaitStop} waits for it. */
    void stop() {
        stopping.countDown();
        process().flatMap(ProcessRecord::find).ifPresent(ProcessHandle::destroy);
    }

    void awaitStop() throws InterruptedException {
        process().ifPresent(record -> record.stop(STOP_PATIENCE));
        supervisor.join(STOP_PATIENCE);
    }
}
