package org.vsekai.nebula.casync.pack;

/**
 * What a {@link PackSource} has done so far.
 *
 * @param requests sent, repeated ones included
 * @param bytes received
 * @param chunks handed out
 * @param chunkBytes plain bytes of those
 * @param failedFrames that could not be fetched or decompressed
 * @param failedChunks whose digest was wrong
 */
public record PackStatistics(
        long requests, long bytes, long chunks, long chunkBytes, long failedFrames, long failedChunks) {}
