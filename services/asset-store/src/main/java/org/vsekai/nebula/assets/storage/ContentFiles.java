package org.vsekai.nebula.assets.storage;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.stores.ObjectContent;
import org.vsekai.nebula.stores.StoredObject;

/** Files named by the SHA-256 of their bytes. Blocking; thread-safe. */
@ApplicationScoped
public class ContentFiles {
    /** Looks at a file that is whole but not visible yet; throws to refuse it. */
    @FunctionalInterface
    public interface Inspection<T> {
        T inspect(Path file) throws IOException;
    }

    private final StoreFolder store;
    private final WorkSlots slots;

    ContentFiles(StoreFolder store, StoreConfig config) {
        this.store = store;
        this.slots = new WorkSlots(config.maxConcurrentWrites(), config.maxWait());
    }

    /**
     * The file of that name; empty if there is none.
     *
     * @param folder in the store, {@link StoreFolder#INDEXES} for one
     */
    public Optional<StoredFile> find(String folder, ContentName name, String contentType) {
        String object = folder + "/" + name;
        return store.objects()
                .find(object)
                .map(found -> new StoredFile(
                        object, store.findFile(object).orElse(null), null, found.size(), name.sha256(), contentType));
    }

    /** Visits the names of the files in a folder of the store that were last written before a time. Blocking. */
    public void forEachOlderThan(String folder, Instant time, Consumer<String> visitor) {
        try (Stream<StoredObject> all = store.objects().list(folder)) {
            all.filter(object -> object.lastModified().isBefore(time))
                    .map(object -> object.path().substring(object.path().lastIndexOf('/') + 1))
                    .forEach(visitor);
        }
    }

    /** Reads a file that is there. @throws ObjectMissingException if it has gone */
    public InputStream open(StoredFile file) {
        return store.objects().open(file.object());
    }

    /**
     * Stores a file: it is visible once it is whole, inspected and durable. Storing it again changes nothing.
     *
     * @return what the inspection returned
     * @throws ProblemException CONTENT_TOO_LARGE, NAME_MISMATCH, STORE_FULL, or what the inspection throws
     */
    public <T> T put(String folder, ContentName name, InputStream content, long maxBytes, Inspection<T> inspection) {
        try (WorkSlots.Slot slot = slots.acquire()) {
            Path temporary =
                    DurableFiles.temporaryIn(store.stagingFor(folder), StoreFolder.TEMPORARY_PREFIX + name + "-");
            Optional<Path> target = store.findFile(folder + "/" + name);
            try {
                MessageDigest digest = ChunkDigest.SHA256.newMessageDigest();
                DurableFiles.write(
                        temporary,
                        out -> copy(content, new DigestOutputStream(out, digest), maxBytes),
                        target.isPresent());
                String found = HexFormat.of().formatHex(digest.digest());
                if (!found.equals(name.sha256())) {
                    throw new ProblemException(
                            ProblemKind.ALREADY_EXISTS,
                            "NAME_MISMATCH",
                            "The bytes belong under the name " + found + name.extension() + ", not " + name + ".");
                }
                T inspected = inspection.inspect(temporary);
                if (target.isPresent()) {
                    Files.move(temporary, target.get(), StandardCopyOption.ATOMIC_MOVE);
                    DurableFiles.syncFolder(DurableFiles.folderOf(target.get()));
                } else {
                    store.objects().put(folder + "/" + name, ObjectContent.of(temporary));
                }
                return inspected;
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw store.writeFailed(name.toString(), maxBytes, e);
        } catch (UncheckedIOException e) {
            throw store.writeFailed(name.toString(), maxBytes, Objects.requireNonNull(e.getCause()));
        }
    }

    private static void copy(InputStream from, OutputStream to, long maxBytes) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        for (int n = read(from, buffer); n >= 0; n = read(from, buffer)) {
            total += n;
            if (total > maxBytes) {
                throw new ProblemException(
                        ProblemKind.CONTENT_TOO_LARGE,
                        "CONTENT_TOO_LARGE",
                        "At most " + maxBytes + " bytes are taken here.");
            }
            to.write(buffer, 0, n);
        }
        to.flush();
    }

    private static int read(InputStream body, byte[] buffer) {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw new ProblemException(
                    ProblemKind.INVALID, "BODY_INCOMPLETE", "The connection ended before the body did.", e);
        }
    }
}
