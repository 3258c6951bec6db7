package org.vsekai.nebula.launcher.chunks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.launcher.assembly.Assembly;
import org.vsekai.nebula.launcher.assembly.Origins;

/** What programs are told of an assembly. */
final class Figures {
    private Figures() {}

    static Map<String, Object> of(ChunkIndex index, Assembly assembly, Origins origins) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("size", index.blobSize());
        figures.put("chunks", index.chunkCount());
        figures.put("seed_bytes", assembly.seedBytes());
        figures.put("fetched_chunks", assembly.fetchedChunks());
        figures.put("fetched_bytes", origins.storedBytes());
        figures.put("requests", origins.requests());
        return figures;
    }
}
