package org.vsekai.nebula.casync.assemble;

/**
 * Where the chunks of an assembly came from so far. Bytes are those of plain chunks, but for {@code storedBytes}.
 *
 * @param nullChunks all-zero chunks of the maximum size, which need no source
 * @param outputChunks chunks that an earlier run had left in the output file, or that an older file held at their place
 * @param packedChunks chunks of remote seeds, which count their bytes and requests themselves
 * @param storedBytes what the stores sent
 * @param requests what the stores were asked, answered or not
 */
public record AssemblyStatistics(
        long nullChunks,
        long nullBytes,
        long outputChunks,
        long outputBytes,
        long seedChunks,
        long seedBytes,
        long cacheChunks,
        long cacheBytes,
        long packedChunks,
        long packedBytes,
        long networkChunks,
        long networkBytes,
        long storedBytes,
        long requests) {}
