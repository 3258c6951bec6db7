package org.vsekai.nebula.stores.s3;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a store in a bucket is and how it is asked.
 *
 * @param prefix of the names of its objects, without slashes around it; may be empty
 * @param endpoint of a compatible server; null for AWS
 * @param region that requests are signed for
 * @param pathStyle names the bucket in the path, not in the host
 * @param connectTimeout to open a connection
 * @param stallTimeout that any single read may take, and any answer after the request went out
 * @param minBytesPerStall that a body has to bring in that time of reading
 * @param attemptTimeout for one request up to the head of its answer, what it sends included
 * @param attempts how often a request is sent in all when the network or the server fails
 * @param partBytes larger objects go up in parts of this size, at least 5 MiB, and go on where an earlier attempt ended
 */
public record S3Options(
        String bucket,
        String prefix,
        @Nullable URI endpoint,
        String region,
        boolean pathStyle,
        Duration connectTimeout,
        Duration stallTimeout,
        int minBytesPerStall,
        Duration attemptTimeout,
        int attempts,
        int partBytes) {
    /** S3's own bound for all parts but the last. */
    static final int MIN_PART_BYTES = 5 << 20;

    public S3Options {
        if (bucket.isEmpty() || prefix.startsWith("/") || prefix.endsWith("/")) {
            throw new IllegalArgumentException("want a bucket, and a prefix without slashes around it");
        }
        if (partBytes < MIN_PART_BYTES || attempts < 1 || attempts > 100) {
            throw new IllegalArgumentException("want 1 to 100 attempts and parts of at least %d bytes, not %d and %d"
                    .formatted(MIN_PART_BYTES, attempts, partBytes));
        }
    }

    /** A bucket at AWS; everything else as it stands by default. */
    public static S3Options of(String bucket, String prefix, String region) {
        return new S3Options(
                bucket,
                prefix,
                null,
                region,
                false,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                4096,
                Duration.ofMinutes(5),
                4,
                16 << 20);
    }

    /** At a compatible server. */
    public S3Options at(URI server, boolean bucketInPath) {
        return new S3Options(
                bucket,
                prefix,
                server,
                region,
                bucketInPath,
                connectTimeout,
                stallTimeout,
                minBytesPerStall,
                attemptTimeout,
                attempts,
                partBytes);
    }

    /** With other bounds. */
    public S3Options bounded(Duration stall, Duration attempt, int times, int bytesPerPart) {
        return new S3Options(
                bucket,
                prefix,
                endpoint,
                region,
                pathStyle,
                connectTimeout,
                stall,
                minBytesPerStall,
                attempt,
                times,
                bytesPerPart);
    }

    /** What the store is called: an s3: URL that says where it is. */
    String name() {
        String path = bucket + (prefix.isEmpty() ? "" : "/" + prefix);
        return endpoint == null
                ? "s3://" + path
                : "s3+%s://%s/%s".formatted(endpoint.getScheme(), endpoint.getRawAuthority(), path);
    }
}
