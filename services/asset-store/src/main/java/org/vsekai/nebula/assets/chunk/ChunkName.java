package org.vsekai.nebula.assets.chunk;

import java.util.Locale;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.kit.problem.ProblemException;

/** A chunk's path below {@code /chunks/}: the first four hex digits of its id, and the id with an extension. */
final class ChunkName {
    private static final int PREFIX = 4;

    private ChunkName() {}

    /** @throws ProblemException INVALID_NAME */
    static ChunkId parse(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        int slash = lower.indexOf('/');
        String name = lower.substring(slash + 1);
        if (slash == PREFIX
                && name.length() == 2 * ChunkId.BYTES + LocalChunkStore.EXTENSION.length()
                && name.endsWith(LocalChunkStore.EXTENSION)
                && name.startsWith(lower.substring(0, slash))) {
            try {
                return ChunkId.parse(name.substring(0, 2 * ChunkId.BYTES));
            } catch (IllegalArgumentException e) {
                throw invalid();
            }
        }
        throw invalid();
    }

    private static ProblemException invalid() {
        return ProblemException.invalid(
                "INVALID_NAME",
                "A chunk's path is the first 4 hex digits of its id, a slash, the 64 hex digits of its id, and .cacnk.");
    }
}
