package org.vsekai.nebula.stores;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.vsekai.nebula.casync.StoreUnavailableException;

/**
 * Named objects in one place: a folder, a part of a bucket, a folder behind SFTP. An object appears whole or not at all, and
 * survives power loss once a put has returned.
 *
 * <p>Paths have slashes between their names, like {@code indexes/0a1b.caibx}; {@link ObjectPath} says which are taken.
 * Implementations are safe for use by many threads and beside other processes on the same place. A call blocks, for a
 * bounded time, and tries again by itself what may succeed a second time.
 *
 * <p>Every method throws {@link StoreUnavailableException} when the place cannot be asked or fails to answer: then nothing is
 * known, not even whether a put or a removal took effect. Both may be called again. A disk of this machine that fails, a full
 * one included, is a {@link java.io.UncheckedIOException}.
 */
public interface ObjectStore extends AutoCloseable {
    /** What errors call this store: a path or URL, without credentials. */
    String name();

    /** What is there under a path. */
    Optional<StoredObject> find(String path);

    /** Opens a whole object. @throws ObjectMissingException when there is none */
    default ObjectStream open(String path) {
        return open(path, 0, Long.MAX_VALUE);
    }

    /**
     * Opens a part of an object. The stream fails with an {@link java.io.IOException} if it ends early or brings less than it
     * must in the time it has; it never ends as if the part were shorter. Close it.
     *
     * @param offset bytes from the start; at or behind the end the stream is empty
     * @param length bytes at most
     * @throws ObjectMissingException when there is none
     */
    ObjectStream open(String path, long offset, long length);

    /**
     * Stores an object unless the path is taken: of writers at the same time the first one wins.
     *
     * @return false when it was taken
     */
    boolean putIfAbsent(String path, ObjectContent content);

    /** Stores an object in place of what is there, in one step. */
    void put(String path, ObjectContent content);

    /**
     * Every object below a folder, and below the folders in it, in no order. Temporaries are passed over. Objects that are put
     * or removed while the stream is read may or may not be among them. Close the stream.
     *
     * @param folder a path without a slash at its end; empty for all
     */
    Stream<StoredObject> list(String folder);

    /**
     * Removes an object.
     *
     * @return false when there was none, as far as the place tells
     */
    boolean remove(String path);

    /**
     * Removes an object, if there is one, in a single attempt that is given up after a time, whatever it waits for. This side does
     * nothing more about it from then on. For who may remove only as long as it holds something.
     *
     * @param within what a disk of this machine takes is not bounded
     */
    void removeWithin(String path, Duration within);

    /**
     * Removes what interrupted puts left and nothing has added to since; younger leftovers may be another process's, or an
     * upload that is to go on.
     *
     * @return how many
     */
    int pruneTemporaries(Instant olderThan);

    @Override
    default void close() {}
}
