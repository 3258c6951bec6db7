package org.vsekai.nebula.launcher.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.launcher.version.SemanticVersion;

/**
 * What a version consists of. Immutable.
 *
 * @param index file name of the archive index, its SHA-256 with {@code .caidx}
 * @param indexSize bytes of the index file
 * @param archiveSize bytes of the archive
 * @param entries by path, in archive order: a folder stands before what it holds
 */
public record Manifest(
        String mode,
        SemanticVersion version,
        String index,
        long indexSize,
        long archiveSize,
        long chunks,
        ChunkDigest digest,
        ChunkSizes sizes,
        SequencedMap<String, ManifestEntry> entries) {
    /** The schema's version that this launcher reads. */
    public static final int SCHEMA = 1;

    public Manifest {
        entries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>((Map<String, ManifestEntry>) entries));
    }

    /** Bytes of all files' content. */
    public long contentSize() {
        long size = 0;
        for (ManifestEntry entry : entries.values()) {
            if (entry instanceof ManifestEntry.File file) {
                size = Math.addExact(size, file.size());
            }
        }
        return size;
    }
}
