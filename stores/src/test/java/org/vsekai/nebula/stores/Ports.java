package org.vsekai.nebula.stores;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Ports for servers that cannot say which one they got. */
public final class Ports {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Ports() {}

    public static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits until something listens, for as long as {@code server} lives and a bounded time. */
    public static void await(int port, Process server) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                if (server.waitFor(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                    throw new IOException("the server ended with " + server.exitValue(), e);
                }
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }
}
