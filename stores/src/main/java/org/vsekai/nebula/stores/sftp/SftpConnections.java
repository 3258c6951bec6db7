package org.vsekai.nebula.stores.sftp;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.StoreUnavailableException;

/** A bounded number of connections to one server, kept for reuse. Thread-safe. */
final class SftpConnections implements AutoCloseable {
    /** One connection; closing it gives it back. For one thread at a time. */
    final class Connection implements AutoCloseable {
        private final ClientSession session;
        private final AbstractSftpClient client;
        private boolean isBroken;
        private boolean isKept;

        private Connection(ClientSession session, AbstractSftpClient client) {
            this.session = session;
            this.client = client;
        }

        AbstractSftpClient client() {
            return client;
        }

        /** Not to be used again: what it is in the middle of is unknown. */
        void discard() {
            isBroken = true;
        }

        /** From now on only {@link #giveBack} gives it back. */
        void keep() {
            isKept = true;
        }

        @Override
        public void close() {
            if (!isKept) {
                giveBack();
            }
        }

        /** Breaks the connection off, whoever waits for it, unless that is closed first. */
        Watch closeAfter(Duration time) {
            AtomicBoolean isOver = new AtomicBoolean(!time.isPositive());
            CompletableFuture<Void> end = isOver.get()
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.runAsync(
                            () -> {
                                isOver.set(true);
                                var unused = session.close(true);
                            },
                            CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS));
            return new Watch(isOver, end);
        }

        void giveBack() {
            isKept = false;
            if (!isBroken && !isClosed && client.isOpen() && session.isOpen()) {
                idle.push(this);
            } else {
                var unused = session.close(true);
            }
            turns.release();
        }
    }

    /** Over what has to end in time. */
    record Watch(AtomicBoolean isOver, CompletableFuture<Void> end) implements AutoCloseable {
        /** @throws IOException if it is too late to begin */
        void require() throws IOException {
            if (isOver.get()) {
                throw new IOException("there was no connection in time");
            }
        }

        @Override
        public void close() {
            boolean unused = end.cancel(false);
        }
    }

    static {
        JdkEd25519.register();
    }

    private final SftpOptions options;
    private final Semaphore turns;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
    private @Nullable SshClient ssh;
    private volatile boolean isClosed;

    SftpConnections(SftpOptions options) {
        this.options = options;
        this.turns = new Semaphore(options.connections(), true);
    }

    /**
     * A connection that was open a moment ago.
     *
     * @throws IOException when the network fails, which may pass
     * @throws StoreUnavailableException when the server is not to be trusted, does not let us in, or no turn comes
     */
    Connection take() throws IOException {
        return take(options.stallTimeout());
    }

    /** @param patience how long to wait for a turn; connecting has a time of its own */
    Connection take(Duration patience) throws IOException {
        try {
            if (!turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreUnavailableException(
                        options.name(),
                        "all %d connections were taken for %s".formatted(options.connections(), patience),
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException(options.name(), "interrupted", e);
        }
        try {
            for (Connection kept = idle.poll(); kept != null; kept = idle.poll()) {
                if (kept.client.isOpen() && kept.session.isOpen()) {
                    return kept;
                }
                var unused = kept.session.close(true);
            }
            return connect();
        } catch (IOException | RuntimeException e) {
            turns.release();
            throw e;
        }
    }

    private Connection connect() throws IOException {
        AtomicReference<String> distrusted = new AtomicReference<>("");
        ClientSession session = client().connect(options.user(), options.host(), options.port())
                .verify(options.connectTimeout())
                .getSession();
        try {
            session.setServerKeyVerifier(verifier(distrusted));
            authenticate(session, distrusted);
            return new Connection(
                    session, (AbstractSftpClient) SftpClientFactory.instance().createSftpClient(session));
        } catch (IOException | RuntimeException e) {
            var unused = session.close(true);
            throw e;
        }
    }

    private ServerKeyVerifier verifier(AtomicReference<String> distrusted) {
        ServerKeyVerifier known = Files.exists(options.knownHosts())
                ? new KnownHostsServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE, options.knownHosts())
                : RejectAllServerKeyVerifier.INSTANCE;
        return (ClientSession session, SocketAddress address, PublicKey key) -> {
            boolean isKnown = known.verifyServerKey(session, address, key);
            if (!isKnown) {
                distrusted.set(KeyUtils.getFingerPrint(key));
            }
            return isKnown;
        };
    }

    private void authenticate(ClientSession session, AtomicReference<String> distrusted) throws IOException {
        if (!options.keys().isEmpty()) {
            session.setKeyIdentityProvider(new FileKeyPairProvider(options.keys()));
        }
        if (options.password() != null) {
            session.addPasswordIdentity(options.password());
        }
        try {
            var unused = session.auth().verify(options.connectTimeout());
        } catch (IOException e) {
            if (!distrusted.get().isEmpty()) {
                throw new StoreUnavailableException(
                        options.name(),
                        "its host key %s is not the one that %s has for it; if it is right, add it (ssh-keyscan prints the line)"
                                .formatted(distrusted.get(), options.knownHosts()),
                        e);
            }
            if (!(e instanceof SshException refusal)
                    || refusal.getDisconnectCode() != SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
                throw e;
            }
            throw new StoreUnavailableException(
                    options.name(),
                    "user %s is not let in: %s; check key, agent and password"
                            .formatted(options.user(), e.getMessage()),
                    e);
        }
    }

    private synchronized SshClient client() {
        if (isClosed) {
            throw new StoreUnavailableException(options.name(), "closed", null);
        }
        SshClient running = ssh;
        if (running == null) {
            running = SshClient.setUpDefaultClient();
            CoreModuleProperties.IDLE_TIMEOUT.set(running, options.stallTimeout());
            CoreModuleProperties.AUTH_TIMEOUT.set(running, options.connectTimeout());
            CoreModuleProperties.IO_CONNECT_TIMEOUT.set(running, options.connectTimeout());
            CoreModuleProperties.CHANNEL_OPEN_TIMEOUT.set(running, options.connectTimeout());
            CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT.set(running, options.stallTimeout());
            CoreModuleProperties.CHANNEL_CLOSE_TIMEOUT.set(running, Duration.ofSeconds(1));
            SftpModuleProperties.SFTP_CHANNEL_OPEN_TIMEOUT.set(running, options.connectTimeout());
            if (options.agentSocket() != null && Files.exists(options.agentSocket())) {
                running.setAgentFactory(AgentSocket.factory(options.agentSocket()));
            }
            running.start();
            ssh = running;
        }
        return running;
    }

    /** Ends connections that are in use, too. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (ssh != null) {
            ssh.stop();
        }
    }
}
