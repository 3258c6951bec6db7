package org.vsekai.nebula.client.entities;

import io.grpc.ChannelCredentials;

/**
 * What the sessions of a client share.
 *
 * @param address where zones are asked for first; a server may send a session on to another address, which is then reached with the same
 *     credentials
 * @param credentials TLS or none
 * @param sessionsPerChannel how many sessions share a connection at most; 1: each has its own. Sessions of one connection wait for each
 *     other where the network or one of them is slow
 * @param threads event loops, 1 to 64; a session and its connection stay with one of them
 */
public record ClientSettings(Address address, ChannelCredentials credentials, int sessionsPerChannel, int threads) {
    public ClientSettings {
        if (sessionsPerChannel < 1 || threads < 1 || threads > 64) {
            throw new IllegalArgumentException("want at least 1 session per channel and 1 to 64 threads, not %d and %d"
                    .formatted(sessionsPerChannel, threads));
        }
    }

    /** A connection for each session, and one thread. */
    public static ClientSettings of(Address address, ChannelCredentials credentials) {
        return new ClientSettings(address, credentials, 1, 1);
    }

    public ClientSettings withSessionsPerChannel(int sessions) {
        return new ClientSettings(address, credentials, sessions, threads);
    }

    public ClientSettings withThreads(int count) {
        return new ClientSettings(address, credentials, sessionsPerChannel, count);
    }
}
