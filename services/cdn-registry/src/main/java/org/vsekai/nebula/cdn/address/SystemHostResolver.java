package org.vsekai.nebula.cdn.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the operating system. Its resolver has no time-out of its own that Java could set and holds its thread in native
 * code, so each lookup runs on one of a bounded number of platform threads and is given up after a while. Thread-safe.
 */
public final class SystemHostResolver implements HostResolver, AutoCloseable {
    private static final long IDLE_SECONDS = 60;

    private final Duration timeout;
    private final ThreadPoolExecutor lookups;

    /** @param concurrency lookups under way at once; one more fails at once */
    public SystemHostResolver(Duration timeout, int concurrency) {
        this.timeout = timeout;
        this.lookups = new ThreadPoolExecutor(
                0,
                concurrency,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Thread.ofPlatform().daemon().name("resolve-", 0).factory());
    }

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
        Future<InetAddress[]> lookup;
        try {
            lookup = lookups.submit(() -> InetAddress.getAllByName(host));
        } catch (RejectedExecutionException e) {
            throw unknown(host, "too many lookups are under way", e);
        }
        try {
            return List.of(lookup.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            throw unknown(host, "no answer within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw unknown(host, "the name service has no address", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(host, "interrupted", e);
        }
    }

    private static UnknownHostException unknown(String host, String reason, Exception cause) {
        UnknownHostException unknown = new UnknownHostException(host + ": " + reason);
        unknown.initCause(cause);
        return unknown;
    }

    @Override
    public void close() {
        lookups.shutdownNow();
    }
}
