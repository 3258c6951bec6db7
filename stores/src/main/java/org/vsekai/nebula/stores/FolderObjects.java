package org.vsekai.nebula.stores;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.durable.DurableFiles;

/**
 * Objects as files below a folder of this machine. A file is written to a temporary beside its place, synced, linked or
 * renamed into place, and the folder synced. {@link #file} hands out the file itself to those who can do more with one.
 */
public final class FolderObjects implements ObjectStore {
    private static final String TEMPORARY_PREFIX = ".tmp-";

    private final Path base;

    /** The folder may be missing; the first put creates it. */
    public FolderObjects(Path base) {
        this.base = base;
    }

    @Override
    public String name() {
        return base.toString();
    }

    /** Where an object is, or would be. */
    public Path file(String path) {
        return base.resolve(ObjectPath.check(path));
    }

    @Override
    public Optional<StoredObject> find(String path) {
        try {
            Optional<StoredObject> found = attributes(path, file(path));
            if (found.isEmpty()) {
                requireFolder(null);
            }
            return found;
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private static Optional<StoredObject> attributes(String path, Path file) throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            if (!found.isRegularFile()) {
                return Optional.empty();
            }
            Instant time = found.lastModifiedTime().toInstant();
            return Optional.of(new StoredObject(
                    path,
                    found.size(),
                    "%x-%x-%x".formatted(found.size(), time.getEpochSecond(), time.getNano()),
                    time));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
    }

    /** "Not there" can be said only of a folder that is. */
    private void requireFolder(@Nullable IOException cause) {
        if (!Files.isDirectory(base)) {
            throw new StoreUnavailableException(name(), "the folder does not exist", cause);
        }
    }

    private StoreUnavailableException unavailable(IOException e) {
        return new StoreUnavailableException(name(), e.toString(), e);
    }

    @Override
    @SuppressWarnings("StreamResourceLeak") // the result closes it
    public ObjectStream open(String path, long offset, long length) {
        Path file = file(path);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                StoredObject object =
                        attributes(path, file).orElseThrow(() -> new ObjectMissingException(path, name()));
                long part = Math.max(0, Math.min(length, object.size() - offset));
                channel.position(Math.min(offset, object.size()));
                return new ObjectStream(object, part, Channels.newInputStream(channel));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            requireFolder(e);
            throw new ObjectMissingException(path, name());
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    @Override
    public boolean putIfAbsent(String path, ObjectContent content) {
        Path target = file(path);
        if (Files.exists(target)) {
            return false;
        }
        return write(target, content, temporary -> {
            try {
                Files.createLink(target, temporary);
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            } catch (UnsupportedOperationException | FileSystemException e) {
                // No hard links here (FAT, some network shares): a rename, which may replace what came a moment ago.
                if (Files.exists(target)) {
                    return false;
                }
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                return true;
            }
        });
    }

    @Override
    public void put(String path, ObjectContent content) {
        Path target = file(path);
        boolean unused = write(target, content, temporary -> {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        });
    }

    @FunctionalInterface
    private interface Placement {
        boolean place(Path temporary) throws IOException;
    }

    private static boolean write(Path target, ObjectContent content, Placement placement) {
        Path folder = DurableFiles.folderOf(target);
        Path temporary = DurableFiles.temporaryIn(folder, TEMPORARY_PREFIX);
        try {
            try {
                DurableFiles.createFolders(folder);
                DurableFiles.write(
                        temporary,
                        out -> {
                            try (InputStream in = content.open()) {
                                ObjectContent.checkSize(in.transferTo(out), content);
                            }
                        },
                        true);
                boolean isPlaced = placement.place(temporary);
                DurableFiles.syncFolder(folder);
                return isPlaced;
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    new IOException("cannot write " + target + ": " + DurableFiles.reason(e), e));
        }
    }

    @Override
    public Stream<StoredObject> list(String folder) {
        Path start = base.resolve(ObjectPath.checkFolder(folder));
        requireFolder(null);
        Walk walk = new Walk(start);
        return StreamSupport.stream(walk, false).onClose(walk::close);
    }

    /** The objects below a folder, of which any part may vanish under way. */
    private final class Walk extends Spliterators.AbstractSpliterator<StoredObject> {
        private final Deque<DirectoryStream<Path>> open = new ArrayDeque<>();
        private final Deque<Iterator<Path>> rest = new ArrayDeque<>();

        Walk(Path start) {
            super(Long.MAX_VALUE, Spliterator.NONNULL);
            enter(start);
        }

        @SuppressWarnings("StreamResourceLeak") // close, or the end of it, closes it
        private void enter(Path folder) {
            try {
                DirectoryStream<Path> entries = Files.newDirectoryStream(folder);
                open.push(entries);
                rest.push(entries.iterator());
            } catch (NoSuchFileException | NotDirectoryException e) {
                // Nothing below it, then.
            } catch (IOException e) {
                close();
                throw unavailable(e);
            }
        }

        @Override
        public boolean tryAdvance(Consumer<? super StoredObject> action) {
            try {
                while (!rest.isEmpty()) {
                    if (!rest.getFirst().hasNext()) {
                        rest.pop();
                        open.pop().close();
                        continue;
                    }
                    Path file = rest.getFirst().next();
                    String path = base.relativize(file).toString().replace('\\', '/');
                    if (!ObjectPath.isValid(path)) {
                        continue; // A temporary, or nothing of ours.
                    }
                    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                        enter(file);
                        continue;
                    }
                    Optional<StoredObject> found = attributes(path, file);
                    if (found.isPresent()) {
                        action.accept(found.get());
                        return true;
                    }
                }
                return false;
            } catch (IOException e) {
                throw unavailable(e);
            } catch (DirectoryIteratorException e) {
                throw unavailable(Objects.requireNonNull(e.getCause()));
            }
        }

        void close() {
            for (DirectoryStream<Path> entries : open) {
                try {
                    entries.close();
                } catch (IOException e) {
                    // It was only read.
                }
            }
            open.clear();
            rest.clear();
        }
    }

    @Override
    public boolean remove(String path) {
        try {
            return Files.deleteIfExists(file(path));
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    @Override
    public void removeWithin(String path, Duration within) {
        boolean unused = remove(path);
    }

    @Override
    public int pruneTemporaries(Instant olderThan) {
        int[] pruned = {0};
        try {
            if (Files.isDirectory(base)) {
                Files.walkFileTree(base, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        if (Objects.requireNonNull(file.getFileName())
                                        .toString()
                                        .startsWith(TEMPORARY_PREFIX)
                                && attributes.lastModifiedTime().toInstant().isBefore(olderThan)) {
                            pruned[0] += Files.deleteIfExists(file) ? 1 : 0;
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE; // Its writer finished just now.
                        }
                        throw e;
                    }
                });
            }
        } catch (IOException e) {
            throw unavailable(e);
        }
        return pruned[0];
    }
}
