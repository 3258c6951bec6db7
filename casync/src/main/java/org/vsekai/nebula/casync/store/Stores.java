package org.vsekai.nebula.casync.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.vsekai.nebula.casync.chunk.ChunkId;

/** Stores by the text that names them. */
public final class Stores {
    private Stores() {}

    /** Where stores of casync's layout keep a chunk, below their base: {@code 0123/0123....cacnk}, on every system. */
    public static String path(ChunkId id) {
        String hex = id.toString();
        return hex.substring(0, 4) + "/" + hex + LocalChunkStore.EXTENSION;
    }

    /** A store without special options: see {@link #open(String, HttpStoreOptions)}. */
    public static WritableStore open(String location) {
        return open(location, HttpStoreOptions.DEFAULT);
    }

    /**
     * The store at a location: a path, a {@code file:} URL, or an {@code http:} or {@code https:} URL. Nothing is
     * touched yet, so a store that does not exist shows when it is used.
     *
     * @throws IllegalArgumentException when the location is none of these
     */
    public static WritableStore open(String location, HttpStoreOptions options) {
        String start = location.toLowerCase(Locale.ROOT);
        try {
            if (start.startsWith("http://") || start.startsWith("https://")) {
                return new HttpChunkStore(URI.create(location), options);
            }
            if (start.startsWith("file:")) {
                return new LocalChunkStore(Path.of(URI.create(location)));
            }
            if (start.contains("://") || location.isBlank()) {
                throw new IllegalArgumentException("want a folder, a file: URL or an http(s): URL");
            }
            return new LocalChunkStore(Path.of(location));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "store \"%s\": %s".formatted(withoutCredentials(location), e.getMessage()), e);
        }
    }

    private static String withoutCredentials(String location) {
        return location.replaceFirst("//[^/@]*@", "//...@");
    }
}
