package org.vsekai.nebula.kit.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.testing.DatabaseServer;

/**
 * Stands between the client and the database. Once armed it passes the next COMMIT on and cuts the connection before the
 * answer, which is how a commit becomes one whose outcome the client cannot know.
 */
final class CuttingRelay {
    private static volatile @Nullable ServerSocket listener;
    private static volatile boolean armed;
    private static final Set<Socket> SOCKETS = ConcurrentHashMap.newKeySet();

    private CuttingRelay() {}

    static void start(DatabaseServer target) throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener = socket;
        Thread.ofVirtual().start(() -> accept(socket, target));
    }

    static int port() {
        return Objects.requireNonNull(listener).getLocalPort();
    }

    static void cutAtNextCommit() {
        armed = true;
    }

    static void stop() {
        try {
            Objects.requireNonNull(listener).close();
            for (Socket socket : SOCKETS) {
                socket.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void accept(ServerSocket socket, DatabaseServer target) {
        try {
            while (true) {
                Socket client = socket.accept();
                Socket server = new Socket(target.host(), target.port());
                SOCKETS.add(client);
                SOCKETS.add(server);
                Thread.ofVirtual().start(() -> pump(client, server, true));
                Thread.ofVirtual().start(() -> pump(server, client, false));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private static void pump(Socket from, Socket to, boolean towardsServer) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                boolean cut = towardsServer
                        && armed
                        && new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains("COMMIT");
                if (cut) {
                    armed = false;
                    from.close();
                }
                out.write(buffer, 0, n);
                out.flush();
                if (cut) {
                    // The server reads the COMMIT before it sees the end of the stream.
                    to.shutdownOutput();
                    return;
                }
            }
        } catch (IOException e) {
            // Either side closed, which ends the other through try-with-resources.
        }
    }
}
