package org.vsekai.nebula.assets.condemned;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.vsekai.nebula.casync.chunk.ChunkId;

/**
 * Things that go together, at most some thousands.
 *
 * @param files paths below the store's root
 * @param bytes what deleting all of it frees
 */
public record Sentence(UUID id, List<ChunkId> chunks, List<String> files, long bytes) {
    public Sentence {
        chunks = List.copyOf(chunks);
        files = List.copyOf(files);
    }

    static Sentence of(CondemnedRow row) {
        List<ChunkId> chunks = new ArrayList<>();
        for (int at = 0; at < row.chunkIds.length; at += ChunkId.BYTES) {
            chunks.add(ChunkId.of(row.chunkIds, at));
        }
        return new Sentence(
                row.id, chunks, row.fileNames.isEmpty() ? List.of() : List.of(row.fileNames.split("\n")), row.size);
    }
}
