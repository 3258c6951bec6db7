package org.vsekai.nebula.ledger.log;

/**
 * What a log has done since it was opened.
 *
 * @param appends calls that wrote entries
 * @param entries that they wrote
 * @param entryBytes of those entries' commands
 * @param fsyncs of files, each one {@code fdatasync}; entries, votes and snapshots alike
 * @param fsyncNanos all of them together
 * @param fsyncNanosMax the longest
 * @param votes changes of term or vote made durable
 * @param snapshots published
 * @param cacheHits reads answered from memory
 * @param cacheMisses reads answered from a segment
 * @param segments files
 * @param segmentBytes of those files, preallocated bytes included
 */
public record LogMetrics(
        long appends,
        long entries,
        long entryBytes,
        long fsyncs,
        long fsyncNanos,
        long fsyncNanosMax,
        long votes,
        long snapshots,
        long cacheHits,
        long cacheMisses,
        int segments,
        long segmentBytes) {}
