package org.vsekai.nebula.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passes connections on to PostgreSQL and tells the gates of the transactions that write a table of interest: {@code before
 * COMMIT of versions} when the COMMIT has come and is not passed on yet, {@code after COMMIT of versions} when it has been
 * carried out and its answer is not passed back yet. Deletions are told as {@code COMMIT without versions}.
 */
final class DatabaseRelay implements AutoCloseable {
    /** A statement as it is parsed, with the driver's name for it, under which it is then executed any number of times. */
    private static final Pattern WRITE = Pattern.compile(
            "([0-9a-f]{7})?\\x00(insert\\s+into|delete\\s+from)\\s+(?:\\w+\\.)?(versions|condemned)\\b");

    private final String host;
    private final int port;
    private final StepGates gates;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    DatabaseRelay(String host, int port, StepGates gates) throws IOException {
        this.host = host;
        this.port = port;
        this.gates = gates;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(host, port);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                Connection connection = new Connection(client, server);
                Thread.ofPlatform().daemon().start(connection::requests);
                Thread.ofPlatform().daemon().start(connection::answers);
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;
        private final Map<String, String> prepared = new HashMap<>();
        private volatile Optional<String> written = Optional.empty();
        private volatile Optional<String> committing = Optional.empty();

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void requests() {
            try (client;
                    server) {
                InputStream in = client.getInputStream();
                OutputStream out = server.getOutputStream();
                byte[] buffer = new byte[64 << 10];
                String tail = "";
                for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                    String text = tail + new String(buffer, 0, n, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                    Matcher write = WRITE.matcher(text);
                    while (write.find()) {
                        String what = (write.group(2).startsWith("insert") ? "of " : "without ") + write.group(3);
                        written = Optional.of(what);
                        if (write.group(1) != null) {
                            prepared.put(write.group(1), what);
                        }
                    }
                    prepared.forEach((name, what) -> {
                        if (text.contains("\0" + name + "\0")) {
                            written = Optional.of(what);
                        }
                    });
                    if (text.contains("rollback")) {
                        written = Optional.empty();
                    }
                    tail = text.substring(Math.max(0, text.length() - 64));
                    if (written.isPresent() && text.contains("commit")) {
                        tail = "";
                        committing = written;
                        written = Optional.empty();
                        if (!gates.cross("before COMMIT " + committing.get())) {
                            return;
                        }
                    }
                    out.write(buffer, 0, n);
                    out.flush();
                }
            } catch (IOException e) {
                // Either side closed, which ends the other through try-with-resources.
            }
        }

        void answers() {
            try (client;
                    server) {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                byte[] buffer = new byte[64 << 10];
                for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                    Optional<String> committed = committing;
                    if (committed.isPresent()
                            && new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains("COMMIT")) {
                        committing = Optional.empty();
                        if (!gates.cross("after COMMIT " + committed.get())) {
                            return;
                        }
                    }
                    out.write(buffer, 0, n);
                    out.flush();
                }
            } catch (IOException e) {
                // As above.
            }
        }
    }
}
