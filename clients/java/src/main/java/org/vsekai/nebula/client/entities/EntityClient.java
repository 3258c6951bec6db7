package org.vsekai.nebula.client.entities;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Opens sessions in zones, which share its event loops and, if the settings say so, connections. Thousands of sessions in one process are
 * meant to be possible: a session has no thread of its own. Safe for threads.
 */
public final class EntityClient implements AutoCloseable {
    /** How long sessions may take to leave when the client is closed. */
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private final ClientSettings settings;
    private final LongSupplier nanos;
    private final EventLoopGroup loops;
    private final Channels channels;
    private final Set<EntitySession> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public EntityClient(ClientSettings settings) {
        this(settings, System::nanoTime);
    }

    /** @param nanos a clock as {@link System#nanoTime} */
    EntityClient(ClientSettings settings, LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
        loops = new NioEventLoopGroup(settings.threads(), new DefaultThreadFactory("nebula-entities", true));
        channels = new Channels(settings);
    }

    public ClientSettings settings() {
        return settings;
    }

    /**
     * A session that joins a zone from now on.
     *
     * @throws IllegalStateException if the client is closed
     */
    public EntitySession open(SessionSettings session, TicketSupplier tickets, SessionListener listener) {
        return open(session, tickets, listener, null);
    }

    /** @param viewListener hears of every change of every entity, on the session's thread; null: nobody does, which is cheaper */
    public EntitySession open(
            SessionSettings session,
            TicketSupplier tickets,
            SessionListener listener,
            @Nullable ViewListener viewListener) {
        EntitySession opened = new EntitySession(
                this, loops.next(), session, tickets, listener, viewListener, nanos, RandomGenerator.getDefault());
        sessions.add(opened);
        if (closed) {
            sessions.remove(opened);
            throw new IllegalStateException("the client is closed");
        }
        opened.begin();
        return opened;
    }

    Channels channels() {
        return channels;
    }

    void forget(EntitySession session) {
        sessions.remove(session);
    }

    /** Has all sessions leave, and waits for that some seconds at most. Not to be called on a session's thread, which would wait for itself. */
    @Override
    public void close() {
        closed = true;
        long until = System.nanoTime() + GOODBYE.toNanos();
        CompletableFuture<?>[] ends = sessions.stream()
                .map(session -> {
                    session.close();
                    return session.ended();
                })
                .toArray(CompletableFuture<?>[]::new);
        try {
            // How a session ended is told to whoever holds it; and who did not leave in time is cut off after.
            CompletableFuture<@Nullable Void> gone =
                    CompletableFuture.allOf(ends).handle((ended, failure) -> null);
            gone.completeOnTimeout(null, GOODBYE.toNanos(), TimeUnit.NANOSECONDS)
                    .get();
            channels.awaitEnd(until);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("failures were handled", e);
        }
        loops.shutdownGracefully(0, GOODBYE.toSeconds(), TimeUnit.SECONDS).syncUninterruptibly();
    }
}
