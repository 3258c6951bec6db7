package org.vsekai.nebula.stores.sftp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.CloseableHandle;
import org.apache.sshd.sftp.client.SftpClient.DirEntry;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.apache.sshd.sftp.client.impl.SftpInputStreamAsync;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.stores.GuardedInput;
import org.vsekai.nebula.stores.ObjectContent;
import org.vsekai.nebula.stores.ObjectMissingException;
import org.vsekai.nebula.stores.ObjectPath;
import org.vsekai.nebula.stores.ObjectStore;
import org.vsekai.nebula.stores.ObjectStream;
import org.vsekai.nebula.stores.StoredObject;

/**
 * Objects as files below a folder of an SFTP server. A file goes up under a temporary name, is synced where the server knows
 * {@code fsync@openssh.com}, and renamed: by SFTP's own rename, which fails if the name is taken, when the first one wins, and
 * by {@code posix-rename@openssh.com} when it replaces. An upload that broke off goes on where it ended (see
 * {@link SftpUpload}). SFTP cannot sync a folder: after a power cut at the server a name that was reported as put may be gone,
 * and another put brings it back.
 */
public final class SftpObjects implements ObjectStore {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int READ_BUFFER = 32 << 10;

    private final SftpOptions options;
    private final String base;
    private final SftpConnections connections;
    private volatile boolean baseSeen;

    /** Nothing is asked yet. The folder may be missing; the first put creates it. */
    public SftpObjects(SftpOptions options) {
        this.options = options;
        this.base = options.folder().endsWith("/") ? options.folder() : options.folder() + "/";
        this.connections = new SftpConnections(options);
    }

    @Override
    public String name() {
        return options.name();
    }

    private String file(String path) {
        return base + ObjectPath.check(path);
    }

    /** Work over one connection, done again over another when the first one fails. */
    @FunctionalInterface
    private interface Work<T> {
        T with(SftpConnections.Connection connection) throws IOException;
    }

    private <T> T ask(String what, Work<T> work) {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try (SftpConnections.Connection connection = connections.take()) {
                try {
                    return work.with(connection);
                } catch (SftpException e) {
                    throw refused(what, e);
                } catch (IOException | UncheckedIOException e) {
                    connection.discard();
                    throw e;
                }
            } catch (IOException e) {
                if (attempt == options.attempts()) {
                    throw new StoreUnavailableException(
                            name(), "%s failed, at attempt %d: %s".formatted(what, attempt, e.getMessage()), e);
                }
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreUnavailableException(name(), "interrupted", e);
            }
            pause = pause.multipliedBy(2);
        }
    }

    private StoreUnavailableException refused(String what, SftpException e) {
        return new StoreUnavailableException(
                name(),
                "%s was refused: %s (%s)".formatted(what, e.getMessage(), SftpConstants.getStatusName(e.getStatus())),
                e);
    }

    private static boolean isMissing(SftpException e) {
        return e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE;
    }

    @Override
    public Optional<StoredObject> find(String path) {
        String file = file(path);
        return ask("stat of " + path, connection -> {
            Optional<StoredObject> found = stat(connection.client(), file)
                    .filter(Attributes::isRegularFile)
                    .map(attributes -> object(path, attributes));
            if (found.isEmpty()) {
                requireFolder(connection.client());
            }
            return found;
        });
    }

    /** Empty when there is nothing of that name. */
    static Optional<Attributes> stat(AbstractSftpClient client, String file) throws IOException {
        try {
            return Optional.of(client.stat(file));
        } catch (SftpException e) {
            if (isMissing(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static StoredObject object(String path, Attributes found) {
        Instant time = Objects.requireNonNull(found.getModifyTime()).toInstant();
        return new StoredObject(path, found.getSize(), "%x-%x".formatted(found.getSize(), time.getEpochSecond()), time);
    }

    /** "Not there" can be said only of a folder that is. */
    private void requireFolder(AbstractSftpClient client) throws IOException {
        if (!baseSeen) {
            if (stat(client, options.folder()).isEmpty()) {
                throw new StoreUnavailableException(name(), "the folder does not exist", null);
            }
            baseSeen = true;
        }
    }

    @Override
    public ObjectStream open(String path, long offset, long length) {
        String file = file(path);
        return ask("opening " + path, connection -> {
            AbstractSftpClient client = connection.client();
            try {
                CloseableHandle handle = client.open(file, OpenMode.Read);
                StoredObject object = object(path, client.stat(handle));
                long from = Math.min(offset, object.size());
                long part = Math.min(length, object.size() - from);
                InputStream in = new SftpInputStreamAsync(client, READ_BUFFER, from, from + part, file, handle);
                connection.keep();
                return new ObjectStream(
                        object,
                        part,
                        new GuardedInput(new Body(connection, in), options.stallTimeout(), options.minBytesPerStall()));
            } catch (SftpException e) {
                if (isMissing(e)) {
                    requireFolder(client);
                    throw new ObjectMissingException(path, name());
                }
                throw e;
            }
        });
    }

    /** Has its connection for itself until it is closed. */
    private static final class Body extends FilterInputStream {
        private final SftpConnections.Connection connection;
        private boolean isClosed;

        Body(SftpConnections.Connection connection, InputStream in) {
            super(in);
            this.connection = connection;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return in.read(target, offset, length);
            } catch (IOException e) {
                connection.discard();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            if (isClosed) {
                return;
            }
            isClosed = true;
            try {
                in.close();
            } catch (IOException e) {
                connection.discard(); // It was only read; whatever is wrong stays with this connection.
            } finally {
                connection.giveBack();
            }
        }
    }

    @Override
    public boolean putIfAbsent(String path, ObjectContent content) {
        return put(path, content, true);
    }

    @Override
    public void put(String path, ObjectContent content) {
        boolean unused = put(path, content, false);
    }

    private boolean put(String path, ObjectContent content, boolean isFirstOnly) {
        SftpUpload upload = new SftpUpload(file(path), content);
        return ask("PUT of " + path, connection -> upload.run(connection.client(), isFirstOnly));
    }

    @Override
    public Stream<StoredObject> list(String folder) {
        String start = ObjectPath.checkFolder(folder);
        var unused = ask("listing", connection -> {
            requireFolder(connection.client());
            return true;
        });
        return StreamSupport.stream(new Walk(start), false);
    }

    /** The objects below a folder, of which any part may vanish under way; a folder is read when its turn comes. */
    private final class Walk extends Spliterators.AbstractSpliterator<StoredObject> {
        private final Deque<String> folders = new ArrayDeque<>();
        private Iterator<StoredObject> objects = Collections.emptyIterator();

        Walk(String start) {
            super(Long.MAX_VALUE, Spliterator.NONNULL);
            folders.push(start);
        }

        @Override
        public boolean tryAdvance(Consumer<? super StoredObject> action) {
            while (!objects.hasNext()) {
                if (folders.isEmpty()) {
                    return false;
                }
                read(folders.pop());
            }
            action.accept(objects.next());
            return true;
        }

        private void read(String folder) {
            List<StoredObject> found = new ArrayList<>();
            for (DirEntry entry : entries(folder)) {
                String path = folder.isEmpty() ? entry.getFilename() : folder + "/" + entry.getFilename();
                if (!ObjectPath.isValid(path)) {
                    continue; // A temporary, or nothing of ours.
                }
                if (entry.getAttributes().isDirectory()) {
                    folders.push(path);
                } else if (entry.getAttributes().isRegularFile()) {
                    found.add(object(path, entry.getAttributes()));
                }
            }
            objects = found.iterator();
        }
    }

    private List<DirEntry> entries(String folder) {
        return ask("listing of " + folder, connection -> {
            AbstractSftpClient client = connection.client();
            try (CloseableHandle handle = client.openDir(base + folder)) {
                List<DirEntry> entries = new ArrayList<>();
                for (List<DirEntry> some = client.readDir(handle); some != null; some = client.readDir(handle)) {
                    entries.addAll(some);
                }
                return entries;
            } catch (SftpException e) {
                if (isMissing(e)) {
                    return List.<DirEntry>of();
                }
                throw e;
            }
        });
    }

    @Override
    public boolean remove(String path) {
        String file = file(path);
        return ask("removal of " + path, connection -> {
            try {
                connection.client().remove(file);
                return true;
            } catch (SftpException e) {
                if (isMissing(e)) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public void removeWithin(String path, Duration within) {
        String file = file(path);
        long endNanos = System.nanoTime() + within.toNanos();
        String what = "removal of " + path;
        try (SftpConnections.Connection connection = connections.take(within)) {
            // The server carries out what it has been sent; nothing goes out once the session is closed.
            try (SftpConnections.Watch watch = connection.closeAfter(Duration.ofNanos(endNanos - System.nanoTime()))) {
                watch.require();
                connection.client().remove(file);
            } catch (SftpException e) {
                if (!isMissing(e)) {
                    throw refused(what, e);
                }
            } catch (IOException | UncheckedIOException e) {
                connection.discard();
                throw e;
            }
        } catch (IOException e) {
            throw new StoreUnavailableException(name(), "%s failed: %s".formatted(what, e.getMessage()), e);
        }
    }

    @Override
    public int pruneTemporaries(Instant olderThan) {
        int pruned = 0;
        Deque<String> folders = new ArrayDeque<>(List.of(""));
        while (!folders.isEmpty()) {
            String folder = folders.pop();
            for (DirEntry entry : entries(folder)) {
                String path = folder.isEmpty() ? entry.getFilename() : folder + "/" + entry.getFilename();
                if (entry.getAttributes().isDirectory() && ObjectPath.isValid(path)) {
                    folders.push(path);
                } else if (entry.getFilename().startsWith(SftpUpload.TEMPORARY_PREFIX)
                        && object(path, entry.getAttributes()).lastModified().isBefore(olderThan)) {
                    pruned += ask("removal of " + path, connection -> {
                        connection.client().remove(base + path);
                        return 1;
                    });
                }
            }
        }
        return pruned;
    }

    @Override
    public void close() {
        connections.close();
    }
}
