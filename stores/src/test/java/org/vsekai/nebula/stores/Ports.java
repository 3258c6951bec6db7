package org.vsekai.nebula.stores;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers that cannot say which one they got. */
public final class Ports {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Ports() {}

    /**
     * Below the range from which systems take the ports of outgoing connections: one of those could come to have the port of a server
     * that is started again.
     */
    public static int free() throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                if (attempt == 200) {
                    throw e;
                }
            }
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
