package org.vsekai.nebula.casync.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link HttpChunkStore} asks. The times are per request; together with {@code attempts} they bound how long any
 * call can take.
 *
 * @param authorization value of the Authorization header, scheme included; null to send none
 * @param connectTimeout to open a connection
 * @param responseTimeout from the request to the head of the answer
 * @param requestTimeout from the request to the end of the answer
 * @param progressWindow a body that brings fewer than {@code minBytesPerWindow} bytes in this time has stalled
 * @param minBytesPerWindow small enough for many requests that share a slow line
 * @param attempts how often a request is sent in all when the network or the server (5xx) fails
 * @param firstPause before the second attempt; it doubles for each one after
 */
public record HttpStoreOptions(
        @Nullable String authorization,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration requestTimeout,
        Duration progressWindow,
        int minBytesPerWindow,
        int attempts,
        Duration firstPause) {
    /** desync's attempts and pauses; its one minute in all is split into finer limits. */
    public static final HttpStoreOptions DEFAULT = new HttpStoreOptions(
            null,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofSeconds(20),
            4096,
            3,
            Duration.ofMillis(500));

    public HttpStoreOptions {
        if (attempts < 1 || attempts > 100 || minBytesPerWindow < 1) {
            throw new IllegalArgumentException("want 1 to 100 attempts and at least 1 byte per window, not %d and %d"
                    .formatted(attempts, minBytesPerWindow));
        }
    }

    public HttpStoreOptions withAuthorization(@Nullable String header) {
        return new HttpStoreOptions(
                header,
                connectTimeout,
                responseTimeout,
                requestTimeout,
                progressWindow,
                minBytesPerWindow,
                attempts,
                firstPause);
    }

    /** Keeps the credential out of logs. */
    @Override
    public String toString() {
        return "HttpStoreOptions[authorization=%s, connectTimeout=%s, responseTimeout=%s, requestTimeout=%s, progressWindow=%s, minBytesPerWindow=%d, attempts=%d, firstPause=%s]"
                .formatted(
                        authorization == null ? "none" : "set",
                        connectTimeout,
                        responseTimeout,
                        requestTimeout,
                        progressWindow,
                        minBytesPerWindow,
                        attempts,
                        firstPause);
    }
}
