package org.vsekai.nebula.parts;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/**
 * Ports of 127.0.0.1 for servers that may be started again on the port that they had. They lie below the range from which systems take
 * the ports of outgoing connections: else, while such a server is away, a connection may come to have its port, even one
 * that was meant to reach it. Thread-safe.
 */
public final class FreePorts {
    /** The lowest port that is given, and the first one above those that are. */
    public static final int LOWEST = 20_000;

    public static final int END = 32_000;

    private static final int ATTEMPTS = 200;

    private FreePorts() {}

    /** A port that was free a moment ago. */
    public static int find() throws IOException {
        try (ServerSocket socket = hold()) {
            return socket.getLocalPort();
        }
    }

    /** A port that is the caller's until the socket is closed. */
    public static ServerSocket hold() throws IOException {
        RandomGenerator random = RandomGenerator.getDefault();
        for (int attempt = 1; ; attempt++) {
            try {
                return new ServerSocket(random.nextInt(LOWEST, END), 1, InetAddress.getByName("127.0.0.1"));
            } catch (BindException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
