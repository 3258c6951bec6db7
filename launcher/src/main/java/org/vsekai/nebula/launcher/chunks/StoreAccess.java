package org.vsekai.nebula.launcher.chunks;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.casync.store.WritableStore;

/** Opens stores as commands name them. */
final class StoreAccess {
    ReadableStore open(String location) {
        return local(location);
    }

    WritableStore openForWriting(String location) {
        return local(location);
    }

    private LocalChunkStore local(String location) {
        if (location.startsWith("file:")) {
            return new LocalChunkStore(Path.of(URI.create(location)), LocalChunkStore.Durability.ON_SYNC);
        }
        return new LocalChunkStore(Path.of(location), LocalChunkStore.Durability.ON_SYNC);
    }

    /** Makes what was written durable; to be called before an index names it. */
    static void finish(@Nullable WritableStore store) {
        if (store instanceof LocalChunkStore local) {
            local.sync();
        }
    }
}
