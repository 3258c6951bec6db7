package org.vsekai.nebula.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.parts.EmbeddedInfinispan;
import org.vsekai.nebula.parts.PartException;

/**
 * The cache that the services share. A node that ends by itself is started again, empty, after a pause that doubles from 1 to 30
 * seconds; meanwhile the services do without it.
 *
 * <p>Thread safety: all methods may be called from any thread.
 */
final class SupervisedCache implements AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private static final String PROGRAM = "parts/infinispan/target/nebula-parts-infinispan-0.1.0.jar";

    private final EmbeddedInfinispan cache;
    private final Runnable changed;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread supervisor =
            Thread.ofPlatform().name("supervise-cache").unstarted(this::supervise);

    /**
     * Starts every node and returns when all of them serve.
     *
     * @param home the project's folder, whose parts are built
     * @param port of the first node; those of the others follow
     * @param changed is called, on the supervising thread, after a node was started again
     * @throws PartException if a node does not start
     */
    SupervisedCache(Path home, Path folder, int port, int nodes, Runnable changed) {
        this.cache = EmbeddedInfinispan.builder()
                .program(home.resolve(PROGRAM))
                .folder(folder)
                .port(port)
                .nodes(nodes)
                .start();
        this.changed = changed;
        supervisor.start();
    }

    /** What services have to be told to use it. */
    Map<String, String> environment() {
        return Map.of(
                "NEBULA_CACHE_HOSTS", cache.hosts(),
                "NEBULA_CACHE_USER", cache.user(),
                "NEBULA_CACHE_PASSWORD", cache.password());
    }

    /** The nodes that run, by their names. */
    Map<String, ProcessRecord> processes() {
        Map<String, ProcessRecord> processes = new TreeMap<>();
        for (int node = 0; node < cache.size(); node++) {
            String title = title(node, cache.size());
            find(node).ifPresent(process -> processes.put(title, ProcessRecord.of(process)));
        }
        return processes;
    }

    private Optional<ProcessHandle> find(int node) {
        return ProcessHandle.of(cache.pid(node)).filter(ProcessHandle::isAlive);
    }

    static String title(int node, int nodes) {
        return nodes == 1 ? "infinispan" : "infinispan-" + node;
    }

    /** What a node has to say, where its cache has {@code folder}. */
    static Path log(Path folder, int node) {
        return folder.resolve("node-" + node).resolve("infinispan.log");
    }

    private void supervise() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = restartEnded() ? FIRST_PAUSE : longer(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    /** Whether all nodes run afterwards. */
    private boolean restartEnded() {
        boolean all = true;
        for (int node = 0; node < cache.size() && stopping.getCount() > 0; node++) {
            if (cache.isRunning(node)) {
                continue;
            }
            System.err.println(title(node, cache.size()) + " ended; starting it again");
            try {
                cache.restart(node);
                changed.run();
            } catch (PartException e) {
                System.err.println(e.getMessage());
                all = false;
            }
        }
        return all;
    }

    @Override
    public void close() {
        stopping.countDown();
        cache.close();
        try {
            supervisor.join(LONGEST_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("Interrupted while the cache was stopping", e);
        }
    }
}
