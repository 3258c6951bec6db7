package org.vsekai.nebula.assets.storage;

import io.quarkus.runtime.Startup;
import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.kit.cache.CacheKind;
import org.vsekai.nebula.kit.cache.SharedCache;
import org.vsekai.nebula.kit.cache.SharedCaches;
import org.vsekai.nebula.stores.ObjectStream;

/**
 * The bytes of manifests of a store that is not on this machine, so that every player who updates does not cost a request to the
 * bucket. Whether a manifest is there is asked of the store each time; only its bytes come from here, and they are what its name
 * says. Chunks are no business of this cache. Blocking; thread-safe.
 */
@Startup // Its cache is to be there before the first player asks.
@Singleton
class ManifestCopies {
    private static final String MANIFESTS = StoreFolder.MANIFESTS + "/";
    private static final Duration LIFESPAN = Duration.ofHours(6);
    /** Longer than any store's own time-outs, which end a reading that hangs. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final StoreFolder store;
    private final ExecutorService threads;
    private final SharedCache<FileCopy> copies;

    ManifestCopies(StoreFolder store, SharedCaches caches, @VirtualThreads ExecutorService threads) {
        this.store = store;
        this.threads = threads;
        this.copies =
                caches.open(new CacheKind<>("assets-manifests-v1", FileCopy.class, new FileCopiesImpl(), LIFESPAN));
    }

    static boolean holds(StoredFile file) {
        return file.object().startsWith(MANIFESTS);
    }

    /** The bytes of a file that {@link #holds} is true of; not to be changed. */
    byte[] read(StoredFile file) throws IOException {
        try {
            byte[] content = copies.get(file.sha256(), () -> Uni.createFrom()
                            .item(() -> new FileCopy(readStore(file)))
                            .runSubscriptionOn(threads))
                    .await()
                    .atMost(PATIENCE)
                    .content();
            return isWhole(content, file) ? content : readStore(file);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** What a cache holds comes from outside, and is believed as far as it can be checked. */
    private static boolean isWhole(byte[] content, StoredFile file) {
        return HexFormat.of()
                .formatHex(ChunkDigest.SHA256.newMessageDigest().digest(content))
                .equals(file.sha256());
    }

    private byte[] readStore(StoredFile file) {
        try (ObjectStream stream = store.objects().open(file.object(), 0, file.size())) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
