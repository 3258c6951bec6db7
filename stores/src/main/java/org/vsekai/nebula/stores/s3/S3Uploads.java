package org.vsekai.nebula.stores.s3;

import java.util.Optional;
import java.util.function.Function;
import org.vsekai.nebula.stores.StoredObject;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Puts objects into a bucket, small ones in one request, large ones in parts. Thread-safe. */
final class S3Uploads {
    static final String ANY = "*";
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int ROUNDS = 5;

    private final S3Client client;
    private final S3Options options;
    private final Function<String, Optional<StoredObject>> find;

    /** Whether the server has not yet said that it does not know conditions. */
    private volatile boolean isConditional = true;

    S3Uploads(S3Client client, S3Options options, Function<String, Optional<StoredObject>> find) {
        this.client = client;
        this.options = options;
        this.find = find;
    }

    /** @return false if {@code isFirstOnly} and the key is taken */
    boolean put(String path, String key, WatchedContent content, boolean isFirstOnly) {
        boolean isParted = content.size() > options.partBytes();
        // A refused body has travelled in full, so a large one is asked about first.
        if (isFirstOnly && (isParted || !isConditional) && find.apply(path).isPresent()) {
            return false;
        }
        for (int round = 1; ; round++) {
            boolean condition = isFirstOnly && isConditional;
            try {
                if (isParted) {
                    new PartedUpload(client, options, key, content).run(condition);
                } else {
                    putWhole(key, content, condition);
                }
                return true;
            } catch (AwsServiceException e) {
                boolean isLast = round == ROUNDS;
                switch (e.statusCode()) {
                    case PRECONDITION_FAILED -> {
                        return false;
                    }
                    case NOT_IMPLEMENTED -> {
                        if (!condition || isLast) {
                            throw e;
                        }
                        isConditional = false;
                        if (find.apply(path).isPresent()) {
                            return false;
                        }
                    }
                    // Another writer of the same key: it has come first, ended the upload that both added to, or given
                    // up.
                    case CONFLICT, NOT_FOUND -> {
                        if (isLast || (e.statusCode() == NOT_FOUND && !isParted)) {
                            throw e;
                        }
                        if (isFirstOnly && find.apply(path).isPresent()) {
                            return false;
                        }
                    }
                    default -> throw e;
                }
            }
        }
    }

    private void putWhole(String key, WatchedContent content, boolean condition) {
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(options.bucket())
                .key(key)
                .contentType("application/octet-stream")
                .ifNoneMatch(condition ? ANY : null)
                .build();
        var unused = client.putObject(request, content.body(0, content.size()));
    }
}
