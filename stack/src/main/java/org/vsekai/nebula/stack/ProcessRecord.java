package org.vsekai.nebula.stack;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that can be recognised later. The system gives a process id again after its process ended; together with the start
 * time it is unique.
 *
 * @param startedMillis milliseconds since the epoch; 0 where the system does not tell
 */
record ProcessRecord(long pid, long startedMillis) {
    static ProcessRecord of(ProcessHandle process) {
        return new ProcessRecord(process.pid(), startedMillis(process));
    }

    private static long startedMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /** The process, if it is still the recorded one and runs. */
    Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> startedMillis(process) == startedMillis);
    }

    /** Asks the process to end, waits, and then ends it by force. A process that is gone already is fine. */
    void stop(Duration patience) {
        find().ifPresent(process -> {
            process.destroy();
            if (!endsWithin(process, patience)) {
                process.destroyForcibly();
                if (!endsWithin(process, patience)) {
                    throw new StackException("Process " + pid + " cannot be stopped");
                }
            }
        });
    }

    private static boolean endsWithin(ProcessHandle process, Duration patience) {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for process " + process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("Interrupted while stopping process " + process.pid(), e);
        }
    }
}
