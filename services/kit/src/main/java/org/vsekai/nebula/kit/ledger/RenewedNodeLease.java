package org.vsekai.nebula.kit.ledger;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is kept by one chain of calls: acquire, then renew again and again; a loss begins the chain anew. What comes
 * late, of a lease that was lost meanwhile, is recognised by its token and left alone.
 *
 * <p>An acquisition that is not answered is sent again under its own request id: one that was carried out late, after another
 * had been granted, would put a new lease in the place of the one in use. The lease then counts from the first time it was sent.
 */
final class RenewedNodeLease implements NodeLease {
    private static final Logger LOG = Logger.getLogger(RenewedNodeLease.class);
    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final int MAX_WAITING = 4096;

    /** @param sentNanos when the acquisition or renewal was sent that is known to have succeeded */
    private record Held(long token, long sentNanos) {}

    private final LedgerClient client;
    private final String name;
    private final Duration timeToLive;
    private final LongSupplier nanos;
    private final List<Consumer<Long>> listeners = new CopyOnWriteArrayList<>();
    private final Set<UniEmitter<? super Long>> waiting = new HashSet<>();
    private volatile @Nullable Held held;
    private @Nullable ScheduledFuture<?> expiry;
    private @Nullable ScheduledFuture<?> next;
    private boolean closed;

    private RenewedNodeLease(LedgerClient client, String service, Duration timeToLive, LongSupplier nanos) {
        this.client = client;
        this.name = "node/" + service + "/" + UUID.randomUUID();
        this.timeToLive = timeToLive;
        this.nanos = nanos;
    }

    static NodeLease start(LedgerClient client, String service, Duration timeToLive) {
        return start(client, service, timeToLive, System::nanoTime);
    }

    /** @param nanos a clock as {@link System#nanoTime} */
    static NodeLease start(LedgerClient client, String service, Duration timeToLive, LongSupplier nanos) {
        RenewedNodeLease lease = new RenewedNodeLease(client, service, timeToLive, nanos);
        if (client.isConfigured()) {
            lease.acquire();
        }
        return lease;
    }

    @Override
    public String name() {
        return name;
    }

    /** A tenth less than was granted, as this clock may run slower than the leader's. */
    private long lifeNanos() {
        return timeToLive.toNanos() / 10 * 9;
    }

    @Override
    public Duration timeToLive() {
        return timeToLive;
    }

    @Override
    public Optional<Long> findToken() {
        Held now = held;
        return now != null && remainingNanos(now) > 0 ? Optional.of(now.token()) : Optional.empty();
    }

    @Override
    public Duration remaining(long token) {
        Held now = held;
        return now != null && now.token() == token ? Duration.ofNanos(Math.max(0, remainingNanos(now))) : Duration.ZERO;
    }

    private long remainingNanos(Held lease) {
        return lease.sentNanos() + lifeNanos() - nanos.getAsLong();
    }

    @Override
    public Uni<Long> token(Duration patience) {
        return Uni.createFrom()
                .<Long>emitter(this::await)
                .ifNoItem()
                .after(patience)
                .fail()
                .onFailure(TimeoutException.class)
                .transform(late -> new LedgerUnavailableException(
                        "This process has no lease of the ledger, so it may not write; try again later.", late));
    }

    private void await(UniEmitter<? super Long> emitter) {
        Optional<Long> token;
        synchronized (this) {
            token = findToken();
            if (token.isEmpty() && waiting.size() < MAX_WAITING && !closed) {
                emitter.onTermination(() -> forget(emitter));
                waiting.add(emitter);
                return;
            }
        }
        token.ifPresentOrElse(
                emitter::complete,
                () -> emitter.fail(new LedgerUnavailableException(
                        closed
                                ? "This process is shutting down."
                                : "Too many wait for this process's lease of the ledger; try again later.",
                        null)));
    }

    private synchronized void forget(UniEmitter<? super Long> emitter) {
        waiting.remove(emitter);
    }

    @Override
    public Uni<ClaimAnswer> claim(String resource) {
        return Uni.createFrom().deferred(() -> findToken()
                .map(token -> client.claim(resource, name, token))
                .orElseGet(() -> Uni.createFrom().item(new ClaimAnswer.LeaseLost())));
    }

    @Override
    public Uni<Boolean> release(String resource, long token) {
        return client.releaseClaim(resource, token);
    }

    @Override
    public void onLoss(Consumer<Long> listener) {
        listeners.add(listener);
    }

    /** @param sentNanos when it was first sent @param open whether a try of it may have been, or may still be, carried out */
    private record Acquisition(UUID requestId, long sentNanos, boolean open) {
        Acquisition leftOpen() {
            return new Acquisition(requestId, sentNanos, true);
        }
    }

    private void acquire() {
        acquire(new Acquisition(UUID.randomUUID(), nanos.getAsLong(), false), patience());
    }

    private void acquire(Acquisition acquisition, Duration deadline) {
        client.withDeadline(deadline)
                .acquireLease(acquisition.requestId(), name, name, timeToLive)
                .subscribe()
                .with(
                        answer -> {
                            if (answer instanceof LeaseAnswer.Granted granted) {
                                granted(new Held(granted.lease().token(), acquisition.sentNanos()));
                            } else {
                                later(this::acquire, pause());
                            }
                        },
                        failure -> {
                            LOG.warnf("The ledger grants no lease to %s: %s", name, failure.getMessage());
                            later(() -> acquireAgain(acquisition, failure), pause());
                        });
    }

    private void acquireAgain(Acquisition before, Throwable failure) {
        boolean nothingWasDone = !before.open() && failure instanceof LedgerUnavailableException;
        // No request id may be sent for longer.
        Duration remaining = LedgerEndpoints.LONGEST_DEADLINE.minusNanos(nanos.getAsLong() - before.sentNanos());
        if (nothingWasDone || !remaining.isPositive()) {
            acquire();
        } else {
            acquire(before.leftOpen(), shorter(remaining, patience()));
        }
    }

    private void renew(long token) {
        Held before = held;
        if (before == null || before.token() != token) {
            return;
        }
        long sent = nanos.getAsLong();
        client.withDeadline(patience())
                .renewLease(name, token)
                .subscribe()
                .with(
                        answer -> {
                            if (answer instanceof LeaseAnswer.Granted) {
                                renewed(new Held(token, sent));
                            } else {
                                lost(token);
                            }
                        },
                        failure -> later(() -> renew(token), pause()));
    }

    private void granted(Held lease) {
        if (remainingNanos(lease) <= 0) {
            // Granted, but perhaps so long ago that it has ended.
            later(this::acquire, Duration.ZERO);
            return;
        }
        List<UniEmitter<? super Long>> served;
        synchronized (this) {
            if (closed) {
                return;
            }
            keep(lease);
            served = new ArrayList<>(waiting);
            waiting.clear();
        }
        LOG.infof("Holding the lease %s with token %d", name, lease.token());
        served.forEach(emitter -> emitter.complete(lease.token()));
    }

    private synchronized void renewed(Held lease) {
        Held before = held;
        if (before != null && before.token() == lease.token() && !closed) {
            keep(lease);
        }
    }

    private synchronized void keep(Held lease) {
        held = lease;
        cancel(expiry);
        expiry = schedule(() -> expire(lease), remainingNanos(lease));
        later(() -> renew(lease.token()), third());
    }

    private void expire(Held lease) {
        if (lease.equals(held)) {
            lost(lease.token());
        }
    }

    private void lost(long token) {
        synchronized (this) {
            Held before = held;
            if (before == null || before.token() != token || closed) {
                return;
            }
            held = null;
            cancel(expiry);
        }
        LOG.warnf("Lost the lease %s with token %d, and every claim under it", name, token);
        for (Consumer<Long> listener : listeners) {
            try {
                listener.accept(token);
            } catch (RuntimeException e) {
                LOG.error("A listener for the loss of the ledger's lease failed", e);
            }
        }
        acquire();
    }

    private synchronized void later(Runnable step, Duration pause) {
        if (!closed) {
            next = schedule(step, pause.toNanos());
        }
    }

    private static ScheduledFuture<?> schedule(Runnable step, long delayNanos) {
        return Infrastructure.getDefaultWorkerPool().schedule(step, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    }

    private static void cancel(@Nullable ScheduledFuture<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }

    private Duration third() {
        return timeToLive.dividedBy(3);
    }

    /** For an answer. */
    private Duration patience() {
        return shorter(third(), LedgerEndpoints.LONGEST_DEADLINE);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Duration pause() {
        return timeToLive.dividedBy(30);
    }

    @Override
    public void close() {
        Optional<Long> token;
        List<UniEmitter<? super Long>> unserved;
        synchronized (this) {
            if (closed) {
                return;
            }
            token = findToken();
            closed = true;
            held = null;
            cancel(expiry);
            cancel(next);
            unserved = new ArrayList<>(waiting);
            waiting.clear();
        }
        unserved.forEach(
                emitter -> emitter.fail(new LedgerUnavailableException("This process is shutting down.", null)));
        token.ifPresent(lease -> {
            try {
                client.withDeadline(FAREWELL).releaseLease(name, lease).await().atMost(FAREWELL.plusSeconds(1));
            } catch (RuntimeException e) {
                LOG.warnf("The lease %s was not released and ends by itself: %s", name, e.getMessage());
            }
        });
    }
}
