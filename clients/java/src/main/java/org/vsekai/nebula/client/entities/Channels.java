package org.vsekai.nebula.client.entities;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The connections of a client. Sessions of the same address and event loop share one, up to the number that the settings allow; one that
 * nobody uses is closed. Safe for threads.
 */
final class Channels {
    private final ClientSettings settings;
    private final Map<Place, List<Shared>> byPlace = new HashMap<>();

    /** Bytes that a server may have under way. Fixed: the alternative, to measure it, sends a ping for most frames that come. */
    private static final int WINDOW_BYTES = 1 << 20;

    /** Channels that nobody uses and that still have something to do on their event loop. */
    private final List<ManagedChannel> ending = new ArrayList<>();

    Channels(ClientSettings settings) {
        this.settings = settings;
    }

    /** To be released once. */
    synchronized Lease acquire(Address address, EventLoop loop) {
        Place place = new Place(address, loop);
        List<Shared> there = byPlace.computeIfAbsent(place, none -> new ArrayList<>());
        for (Shared shared : there) {
            if (shared.sessions < settings.sessionsPerChannel()) {
                shared.sessions++;
                return new Lease(place, shared);
            }
        }
        Shared shared =
                new Shared(NettyChannelBuilder.forAddress(address.host(), address.port(), settings.credentials())
                        .eventLoopGroup(loop)
                        .channelType(NioSocketChannel.class)
                        .maxInboundMessageSize(ZoneView.LARGEST_FRAME)
                        .flowControlWindow(WINDOW_BYTES)
                        .disableRetry()
                        .build());
        there.add(shared);
        return new Lease(place, shared);
    }

    private synchronized void release(Lease lease) {
        if (--lease.shared.sessions == 0) {
            ending.removeIf(ManagedChannel::isTerminated);
            ending.add(lease.shared.channel.shutdownNow());
            List<Shared> there = byPlace.get(lease.place);
            if (there != null) {
                there.remove(lease.shared);
                if (there.isEmpty()) {
                    byPlace.remove(lease.place);
                }
            }
        }
    }

    /** Waits until the channels that were released are gone, and not beyond this time. */
    void awaitEnd(long untilNanos) throws InterruptedException {
        List<ManagedChannel> waited;
        synchronized (this) {
            waited = List.copyOf(ending);
        }
        for (ManagedChannel channel : waited) {
            if (!channel.awaitTermination(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return;
            }
        }
    }

    private record Place(Address address, EventLoop loop) {}

    private static final class Shared {
        final ManagedChannel channel;
        int sessions = 1;

        Shared(ManagedChannel channel) {
            this.channel = channel;
        }
    }

    /** One session's use of a connection. */
    final class Lease {
        private final Place place;
        private final Shared shared;

        private Lease(Place place, Shared shared) {
            this.place = place;
            this.shared = shared;
        }

        ManagedChannel channel() {
            return shared.channel;
        }

        void release() {
            Channels.this.release(this);
        }
    }
}
