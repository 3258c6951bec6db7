package org.vsekai.nebula.client.entities;

import io.grpc.ChannelCredentials;
import java.util.List;

/**
 * What the sessions of a client share.
 *
 * @param addresses where zones are asked for, 1 to 64: the first at first, and after each attempt that fails the next in turn. A server may
 *     send a session on to another address, which is then reached with the same credentials
 * @param credentials TLS or none
 * @param sessionsPerChannel how many sessions share a connection at most; 1: each has its own. Sessions of one connection wait for each
 *     other where the network or one of them is slow
 * @param threads event loops, 1 to 64; a session and its connection stay with one of them
 */
public record ClientSettings(
        List<Address> addresses, ChannelCredentials credentials, int sessionsPerChannel, int threads) {
    private static final int MOST_ADDRESSES = 64;

    public ClientSettings {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
            throw new IllegalArgumentException(
                    "want 1 to %d addresses, not %d".formatted(MOST_ADDRESSES, addresses.size()));
        }
        if (sessionsPerChannel < 1 || threads < 1 || threads > 64) {
            throw new IllegalArgumentException("want at least 1 session per channel and 1 to 64 threads, not %d and %d"
                    .formatted(sessionsPerChannel, threads));
        }
    }

    /** A connection for each session, and one thread. */
    public static ClientSettings of(Address address, ChannelCredentials credentials) {
        return new ClientSettings(List.of(address), credentials, 1, 1);
    }

    /** In the place of those before; they should be of nodes that host the same zones. */
    public ClientSettings withAddresses(List<Address> all) {
        return new ClientSettings(all, credentials, sessionsPerChannel, threads);
    }

    public ClientSettings withSessionsPerChannel(int sessions) {
        return new ClientSettings(addresses, credentials, sessions, threads);
    }

    public ClientSettings withThreads(int count) {
        return new ClientSettings(addresses, credentials, sessionsPerChannel, count);
    }
}
