package org.vsekai.nebula.assets.statistics;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the store holds.
 *
 * @param storedBytes of chunks, as they lie on disk
 * @param countedAt when chunks, bytes and manifests were counted; absent before the first count
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Statistics(
        long chunkCount,
        long storedBytes,
        long indexCount,
        long manifestCount,
        long pendingPinCount,
        long confirmedPinCount,
        long openUploadCount,
        @Nullable Instant countedAt) {}
