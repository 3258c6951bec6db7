package org.vsekai.nebula.benchmarks.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.vsekai.nebula.benchmarks.ledger.Client;
import org.vsekai.nebula.benchmarks.ledger.Cluster;
import org.vsekai.nebula.benchmarks.ledger.Operation;

/**
 * Callers that write all the time, each with a connection to every member: a call that fails, or passes its deadline, is made
 * at the next member.
 */
final class Writers implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final Duration deadline;
    private final List<Client> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong watchedFrom = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong firstAfter = new AtomicLong();
    private final AtomicLong longestCall = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    Writers(Cluster cluster, int count, Duration deadline, String run) {
        this.deadline = deadline;
        for (int writer = 0; writer < count; writer++) {
            List<Operation> operations = new ArrayList<>();
            for (int member = 0; member < Cluster.MEMBERS; member++) {
                Client client = cluster.connect(member);
                clients.add(client);
                operations.add(client.hot("failover/%s/%d".formatted(run, writer)));
            }
            int first = writer;
            threads.add(Thread.ofVirtual().start(() -> write(operations, first)));
        }
    }

    private void write(List<Operation> operations, int first) {
        int member = first % operations.size();
        while (!stopped.get()) {
            long begun = System.nanoTime();
            boolean written = write(operations.get(member));
            long ended = System.nanoTime();
            longestCall.accumulateAndGet(ended - begun, Math::max);
            if (written) {
                if (begun >= watchedFrom.get()) {
                    firstAfter.compareAndSet(0, ended);
                }
            } else {
                failed.incrementAndGet();
                member = (member + 1) % operations.size();
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private boolean write(Operation operation) {
        try {
            operation.run(deadline).join();
            return true;
        } catch (CompletionException e) {
            return false; // that member is gone, or has no leader, or does not know what became of it
        }
    }

    /** Waits until a write that begins from now on is committed. */
    boolean awaitWrite(Duration patience) {
        firstAfter.set(0);
        watchedFrom.set(System.nanoTime());
        long end = System.nanoTime() + patience.toNanos();
        while (firstAfter.get() == 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
        return firstAfter.get() != 0;
    }

    /** From the start of the last {@link #awaitWrite} to the end of the first write that began afterwards. */
    double millis() {
        return (firstAfter.get() - watchedFrom.get()) / 1e6;
    }

    double longestCallMillis() {
        return longestCall.get() / 1e6;
    }

    void forgetLongestCall() {
        longestCall.set(0);
        failed.set(0);
    }

    long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        stopped.set(true);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients.forEach(Client::close);
    }
}
