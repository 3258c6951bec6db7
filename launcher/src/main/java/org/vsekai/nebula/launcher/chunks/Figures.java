package org.vsekai.nebula.launcher.chunks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.vsekai.nebula.casync.assemble.AssemblyStatistics;
import org.vsekai.nebula.casync.index.ChunkIndex;

/** What programs are told of an assembly. */
final class Figures {
    private Figures() {}

    static Map<String, Object> of(ChunkIndex index, AssemblyStatistics got) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("size", index.blobSize());
        figures.put("chunks", index.chunkCount());
        figures.put("seed_bytes", got.seedBytes());
        figures.put("fetched_chunks", got.networkChunks());
        figures.put("fetched_bytes", got.storedBytes());
        figures.put("requests", got.requests());
        return figures;
    }
}
