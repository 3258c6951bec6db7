package org.vsekai.nebula.parts;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A clustered Infinispan cache of one's own: one or more nodes, each a child process on 127.0.0.1 with a Hot Rod endpoint.
 *
 * <p><b>Lifecycle.</b> {@link Builder#start()} returns when every node serves and has joined the others; {@link #close()} ends
 * them. Entries are in memory only, so a cache begins empty. A node ends when its owner does, however that ends: it reads from a
 * pipe that only the owner holds. One process at a time may use a folder.
 *
 * <p><b>Access.</b> {@link #user()} and {@link #password()} by SCRAM-SHA-256; a named folder keeps the password in a file that only
 * its owner reads. The user may create caches.
 *
 * <p>Thread safety: all methods may be called from any thread.
 */
public final class EmbeddedInfinispan implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String USER = "nebula";
    private static final String PROGRAM = "nebula-parts-infinispan-0.1.0.jar";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final int MAX_NODES = 9;
    private static final int PORT_ATTEMPTS = 20;

    private final Path program;
    private final Path folder;
    private final boolean temporary;
    private final FileChannel lock;
    private final String password;
    private final List<Node> nodes = new ArrayList<>();
    private boolean closed;

    /** A place in the cluster, and the process that is there now. */
    private static final class Node {
        final Path folder;
        final int port;
        final int clusterPort;

        @Nullable
        Process process;

        Node(Path folder, int port, int clusterPort) {
            this.folder = folder;
            this.port = port;
            this.clusterPort = clusterPort;
        }

        Path log() {
            return folder.resolve("infinispan.log");
        }

        boolean isRunning() {
            return process != null && process.isAlive();
        }
    }

    private EmbeddedInfinispan(Builder builder, Path folder, boolean temporary, FileChannel lock) throws IOException {
        this.program = builder.program == null ? program() : existing(builder.program);
        this.folder = folder;
        this.temporary = temporary;
        this.lock = lock;
        this.password = password(folder.resolve("password"));
        // All are held until all are known: else two might be the same.
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < builder.nodes; i++) {
                int port = builder.port == 0 ? freePort(held) : builder.port + i;
                nodes.add(new Node(folder.resolve("node-" + i), port, freePorts(held)));
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    /** Starts one empty node in a temporary folder on a free port. */
    public static EmbeddedInfinispan start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What may be chosen about a cache; every choice has a default. */
    public static final class Builder {
        private int nodes = 1;
        private int port;
        private @Nullable Path folder;
        private @Nullable Path program;

        private Builder() {}

        /** So many nodes, 1 to 9, in one cluster; 1 is the default. */
        public Builder nodes(int nodes) {
            if (nodes < 1 || nodes > MAX_NODES) {
                throw new IllegalArgumentException("nodes are not in 1.." + MAX_NODES + ": " + nodes);
            }
            this.nodes = nodes;
            return this;
        }

        /** The first node listens on {@code port} and the next ones on those that follow; 0, the default, picks free ones. */
        public Builder port(int port) {
            if (port < 0 || port > 65_535 - MAX_NODES) {
                throw new IllegalArgumentException("port is not in 0.." + (65_535 - MAX_NODES) + ": " + port);
            }
            this.port = port;
            return this;
        }

        /** Keeps logs and the password in {@code folder}, which is created if missing; without this it is temporary. */
        public Builder folder(Path folder) {
            this.folder = folder.toAbsolutePath().normalize();
            return this;
        }

        /** The node's program; without this it is found, as the system properties say or in the source tree. */
        public Builder program(Path jar) {
            this.program = jar;
            return this;
        }

        /**
         * Starts every node and returns when all of them serve.
         *
         * @throws PartException if one does not within 90 seconds, the folder is in use, or the program has not been built
         */
        public EmbeddedInfinispan start() {
            boolean temporary = folder == null;
            Path home = folder;
            FileChannel lock = null;
            EmbeddedInfinispan cache = null;
            boolean started = false;
            try {
                if (home == null) {
                    home = Files.createTempDirectory("nebula-infinispan-");
                } else {
                    Files.createDirectories(home);
                }
                lock = lock(home);
                cache = new EmbeddedInfinispan(this, home, temporary, lock);
                cache.startAll();
                started = true;
                return cache;
            } catch (IOException e) {
                throw new PartException("Infinispan cannot be started in " + home + ": " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PartException("Interrupted while Infinispan was starting in " + home, e);
            } finally {
                if (!started && cache != null) {
                    cache.close();
                } else if (!started && lock != null) {
                    release(lock, temporary ? home : null);
                }
            }
        }
    }

    /** Every node as clients name them: {@code host:port,host:port}. */
    public String hosts() {
        return nodes.stream().map(node -> HOST + ":" + node.port).collect(Collectors.joining(","));
    }

    public String user() {
        return USER;
    }

    public String password() {
        return password;
    }

    /** How many nodes there are, running or not. */
    public int size() {
        return nodes.size();
    }

    /** Whether the process of a node runs. */
    public synchronized boolean isRunning(int node) {
        return nodes.get(node).isRunning();
    }

    /** Whether the process of every node runs. */
    public synchronized boolean isRunning() {
        return nodes.stream().allMatch(Node::isRunning);
    }

    /** The process id of a node that was started. */
    public synchronized long pid(int node) {
        Process process = nodes.get(node).process;
        if (process == null) {
            throw new IllegalStateException("node " + node + " was not started");
        }
        return process.pid();
    }

    /** What a node has to say. */
    public Path log(int node) {
        return nodes.get(node).log();
    }

    /** Ends a node at once, as a crash would. Its entries live on where other nodes hold them too. */
    public synchronized void kill(int node) {
        Process process = nodes.get(node).process;
        if (process != null) {
            end(process);
        }
    }

    /**
     * Starts a node that has ended, empty, on the port that it had, and returns when it serves; one that runs is left alone,
     * and so is everything after {@link #close}.
     *
     * @throws PartException if it does not within 90 seconds
     */
    public synchronized void restart(int node) {
        Node ended = nodes.get(node);
        if (closed || ended.isRunning()) {
            return;
        }
        try {
            launch(ended);
            awaitReady(ended);
        } catch (IOException e) {
            throw new PartException("Infinispan's node in " + ended.folder + " cannot be started again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartException("Interrupted while Infinispan's node was starting in " + ended.folder, e);
        }
    }

    /** Ends every node and deletes a temporary folder. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        nodes.forEach(node -> {
            if (node.process != null) {
                end(node.process);
            }
        });
        release(lock, temporary ? folder : null);
    }

    private synchronized void startAll() throws IOException, InterruptedException {
        // The first makes the cluster, so that nodes which start together do not make several and have to merge.
        launch(nodes.getFirst());
        awaitReady(nodes.getFirst());
        for (Node node : nodes.subList(1, nodes.size())) {
            launch(node);
        }
        for (Node node : nodes.subList(1, nodes.size())) {
            awaitReady(node);
        }
    }

    private void launch(Node node) throws IOException {
        Path state = node.folder.resolve("state");
        // What an earlier process noted down is about caches that are gone.
        PostgresBinaries.deleteTree(state);
        Files.createDirectories(state);
        Files.deleteIfExists(ready(node));
        Path settings = node.folder.resolve("settings");
        writePrivately(settings, settings(node));
        node.process = new ProcessBuilder(OwnSession.command(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.net.preferIPv4Stack=true",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        program.toString(),
                        settings.toString(),
                        state.toString(),
                        ready(node).toString())))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(node.log().toFile()))
                .start();
    }

    private String settings(Node node) {
        String members = nodes.stream()
                .map(member -> HOST + "[" + member.clusterPort + "]")
                .collect(Collectors.joining(","));
        return String.join(
                "\n",
                "name=" + node.folder.getFileName(),
                "host=" + HOST,
                "port=" + node.port,
                "cluster-port=" + node.clusterPort,
                "members=" + members,
                "user=" + USER,
                "password=" + password,
                "");
    }

    private static Path ready(Node node) {
        return node.folder.resolve("ready");
    }

    private static void awaitReady(Node node) throws InterruptedException, IOException {
        Process process = node.process;
        long deadlineNanos = System.nanoTime() + START_TIMEOUT.toNanos();
        while (process != null && System.nanoTime() < deadlineNanos) {
            if (Files.exists(ready(node))) {
                return;
            }
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new PartException("Infinispan's node ended while starting on port " + node.port
                        + ". The end of its log " + node.log() + ":\n" + tail(node.log()));
            }
        }
        throw new PartException("Infinispan's node did not serve on port " + node.port + " within "
                + START_TIMEOUT.toSeconds() + " s. The end of its log " + node.log() + ":\n" + tail(node.log()));
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    /** There is nothing to save, and a suspended process would not hear a polite request. */
    private static void end(Process process) {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort(List<ServerSocket> held) throws IOException {
        ServerSocket socket = FreePorts.hold();
        held.add(socket);
        return socket.getLocalPort();
    }

    /** The first of two free ports in a row: nodes talk on one, and watch each other's life on the next. */
    private static int freePorts(List<ServerSocket> held) throws IOException {
        BindException last = null;
        for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
            int port = freePort(held);
            try {
                held.add(new ServerSocket(port + 1, 1, InetAddress.getByName(HOST)));
                return port;
            } catch (BindException e) {
                last = e;
            }
        }
        throw new IOException("there are no two free ports in a row", last);
    }

    private static String password(Path file) throws IOException {
        if (Files.exists(file)) {
            return Files.readString(file);
        }
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String created = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        writePrivately(file, created);
        return created;
    }

    private static void writePrivately(Path file, String content) throws IOException {
        Files.deleteIfExists(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, content);
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw new PartException("Infinispan's folder " + folder + " is in use by this process", e);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new PartException("Infinispan's folder " + folder + " is in use by another process");
        }
        return channel;
    }

    private static void release(FileChannel lock, @Nullable Path temporary) {
        try {
            lock.close();
            if (temporary != null) {
                PostgresBinaries.deleteTree(temporary);
            }
        } catch (IOException e) {
            throw new PartException("Infinispan's folder cannot be released", e);
        }
    }

    /**
     * The node's program: the jar that the system property {@code nebula.infinispan} names, or the one that was built in the
     * source tree, which the system property {@code nebula.home} names or the working directory is in.
     */
    private static Path program() {
        String given = System.getProperty("nebula.infinispan", "");
        if (!given.isEmpty()) {
            return existing(Path.of(given));
        }
        Path start = Path.of(System.getProperty("nebula.home", "")).toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            Path modules = folder.resolve("parts").resolve("infinispan");
            if (Files.isDirectory(modules)) {
                return existing(modules.resolve("target").resolve(PROGRAM));
            }
        }
        throw new PartException("Infinispan's program is not found from " + start
                + ": set the system property nebula.infinispan to " + PROGRAM);
    }

    private static Path existing(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new PartException("There is no Infinispan program " + jar
                    + ": build it with mvn package -DskipTests -pl parts/infinispan");
        }
        return jar;
    }
}
