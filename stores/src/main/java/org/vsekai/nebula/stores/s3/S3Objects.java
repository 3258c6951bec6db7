package org.vsekai.nebula.stores.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.stores.GuardedInput;
import org.vsekai.nebula.stores.ObjectContent;
import org.vsekai.nebula.stores.ObjectCorruptException;
import org.vsekai.nebula.stores.ObjectMissingException;
import org.vsekai.nebula.stores.ObjectPath;
import org.vsekai.nebula.stores.ObjectStore;
import org.vsekai.nebula.stores.ObjectStream;
import org.vsekai.nebula.stores.StoredObject;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects below a prefix of a bucket. "The first one wins" is S3's conditional put; a server that knows none is asked first
 * whether the object is there, which leaves a gap between the two. Large objects go up in parts: those that an attempt has
 * brought stay, and the next one, by any process, goes on from there (see {@link PartedUpload}).
 *
 * <p>S3 keeps its promise of durability by itself. Without the right to list the bucket S3 answers 403 for an object that is
 * not there, which is reported as what it is: unavailable.
 */
public final class S3Objects implements ObjectStore {
    private static final int NOT_FOUND = 404;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes \\d+-\\d+/(\\d+)");

    private final S3Options options;
    private final String keyPrefix;
    private final S3Client client;
    /** Sends nothing twice. */
    private final S3Client once;

    private final S3Uploads uploads;
    private volatile boolean bucketSeen;

    /**
     * Nothing is asked yet, so a bucket that does not exist shows when it is used.
     *
     * @param environment where credentials are looked for first: desync's {@code S3_ACCESS_KEY} and so on
     */
    public S3Objects(S3Options options, Map<String, String> environment) {
        this.options = options;
        this.keyPrefix = options.prefix().isEmpty() ? "" : options.prefix() + "/";
        this.client = client(options, environment, options.attempts());
        this.once = client(options, environment, 1);
        this.uploads = new S3Uploads(client, options, this::find);
    }

    private static S3Client client(S3Options options, Map<String, String> environment, int attempts) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(options.connectTimeout())
                        .socketTimeout(options.stallTimeout()))
                .region(Region.of(options.region()))
                .forcePathStyle(options.pathStyle())
                .credentialsProvider(S3Credentials.of(environment))
                // Compatible servers do not know the newer checksums, and every chunk is hashed by who reads it.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(configuration -> configuration
                        .apiCallAttemptTimeout(options.attemptTimeout())
                        .retryStrategy(retry -> retry.maxAttempts(attempts)));
        if (options.endpoint() != null) {
            builder.endpointOverride(options.endpoint());
        }
        return builder.build();
    }

    @Override
    public String name() {
        return options.name();
    }

    private String key(String path) {
        return keyPrefix + ObjectPath.check(path);
    }

    @Override
    public Optional<StoredObject> find(String path) {
        String key = key(path);
        return ask("HEAD of " + path, () -> {
            try {
                HeadObjectResponse head = client.headObject(
                        request -> request.bucket(options.bucket()).key(key));
                bucketSeen = true;
                return Optional.of(object(path, head.contentLength(), head.eTag(), head.lastModified()));
            } catch (AwsServiceException e) {
                if (e.statusCode() != NOT_FOUND) {
                    throw e;
                }
                requireBucket();
                return Optional.<StoredObject>empty();
            }
        });
    }

    private static StoredObject object(String path, long size, String tag, Instant lastModified) {
        return new StoredObject(path, size, tag.replace("\"", ""), lastModified);
    }

    /** A HEAD has no body that could tell a missing bucket from a missing object. */
    private void requireBucket() {
        if (bucketSeen) {
            return;
        }
        try {
            var unused = client.headBucket(request -> request.bucket(options.bucket()));
        } catch (AwsServiceException e) {
            if (e.statusCode() == NOT_FOUND) {
                throw new StoreUnavailableException(name(), "there is no bucket " + options.bucket(), e);
            }
            throw e;
        }
        bucketSeen = true;
    }

    @Override
    public ObjectStream open(String path, long offset, long length) {
        String key = key(path);
        if (length == 0) {
            return empty(path);
        }
        boolean isWhole = offset == 0 && length == Long.MAX_VALUE;
        long last = length > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + length - 1;
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(options.bucket())
                .key(key)
                .range(isWhole ? null : "bytes=" + offset + "-" + (last == Long.MAX_VALUE ? "" : last))
                .build();
        return ask("GET of " + path, () -> {
            try {
                return stream(path, client.getObject(request));
            } catch (AwsServiceException e) {
                if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
                    return empty(path);
                }
                if (e.statusCode() == NOT_FOUND) {
                    requireBucket();
                    throw new ObjectMissingException(path, name());
                }
                throw e;
            }
        });
    }

    private ObjectStream empty(String path) {
        StoredObject object = find(path).orElseThrow(() -> new ObjectMissingException(path, name()));
        return new ObjectStream(object, 0, InputStream.nullInputStream());
    }

    private ObjectStream stream(String path, ResponseInputStream<GetObjectResponse> body) {
        GetObjectResponse head = body.response();
        long size = head.contentLength();
        if (head.contentRange() != null) {
            Matcher range = CONTENT_RANGE.matcher(head.contentRange());
            if (!range.matches()) {
                body.abort();
                throw new ObjectCorruptException(path, name(), "it is answered as range " + head.contentRange());
            }
            size = Long.parseLong(range.group(1));
        }
        bucketSeen = true;
        return new ObjectStream(
                object(path, size, head.eTag(), head.lastModified()),
                head.contentLength(),
                new GuardedInput(
                        new Body(body, head.contentLength()), options.stallTimeout(), options.minBytesPerStall()));
    }

    /** Closing a body that was not read to its end would read the rest. */
    private static final class Body extends FilterInputStream {
        private final ResponseInputStream<GetObjectResponse> body;
        private long remaining;

        Body(ResponseInputStream<GetObjectResponse> body, long length) {
            super(body);
            this.body = body;
            this.remaining = length;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = body.read(target, offset, length);
            remaining -= Math.max(n, 0);
            return n;
        }

        @Override
        public void close() throws IOException {
            if (remaining > 0) {
                body.abort();
            }
            body.close();
        }
    }

    @Override
    public boolean putIfAbsent(String path, ObjectContent content) {
        return put(path, content, true);
    }

    @Override
    public void put(String path, ObjectContent content) {
        boolean unused = put(path, content, false);
    }

    private boolean put(String path, ObjectContent content, boolean isFirstOnly) {
        String key = key(path);
        WatchedContent watched = new WatchedContent(content);
        try {
            return ask("PUT of " + path, () -> uploads.put(path, key, watched, isFirstOnly));
        } catch (StoreUnavailableException e) {
            Optional<IOException> fault = watched.findFault();
            if (fault.isPresent()) {
                throw new UncheckedIOException("cannot read what is put to " + path, fault.get());
            }
            throw e;
        }
    }

    @Override
    public Stream<StoredObject> list(String folder) {
        String prefix = keyPrefix + (ObjectPath.checkFolder(folder).isEmpty() ? "" : folder + "/");
        var pages = client.listObjectsV2Paginator(
                request -> request.bucket(options.bucket()).prefix(prefix));
        return new ListedObjects(() -> pages.contents().iterator(), this::ask)
                .stream().flatMap(object -> findListed(object).stream());
    }

    private Optional<StoredObject> findListed(S3Object object) {
        String path = object.key().substring(keyPrefix.length());
        return ObjectPath.isValid(path)
                ? Optional.of(object(path, object.size(), object.eTag(), object.lastModified()))
                : Optional.empty();
    }

    @Override
    public boolean remove(String path) {
        String key = key(path);
        // S3 does not tell whether there was one.
        if (find(path).isEmpty()) {
            return false;
        }
        var unused = ask(
                "DELETE of " + path,
                () -> client.deleteObject(
                        request -> request.bucket(options.bucket()).key(key)));
        return true;
    }

    @Override
    public void removeWithin(String path, Duration within) {
        String key = key(path);
        var unused = ask(
                "DELETE of " + path,
                () -> once.deleteObject(request -> request.bucket(options.bucket())
                        .key(key)
                        .overrideConfiguration(call -> call.apiCallTimeout(within))));
    }

    @Override
    public int pruneTemporaries(Instant olderThan) {
        return ask("listing of uploads", () -> {
            int pruned = 0;
            for (MultipartUpload upload : client.listMultipartUploadsPaginator(
                            request -> request.bucket(options.bucket()).prefix(keyPrefix))
                    .uploads()) {
                if (upload.initiated().isBefore(olderThan)) {
                    var unused = client.abortMultipartUpload(request ->
                            request.bucket(options.bucket()).key(upload.key()).uploadId(upload.uploadId()));
                    pruned++;
                }
            }
            return pruned;
        });
    }

    @Override
    public void close() {
        client.close();
        once.close();
    }

    /** Says in our terms what the SDK says in its own. */
    private <T> T ask(String what, Supplier<T> work) {
        try {
            return work.get();
        } catch (AwsServiceException e) {
            AwsErrorDetails details = e.awsErrorDetails();
            String code = details == null || details.errorCode() == null ? "" : " " + details.errorCode();
            String advice =
                    switch (e.statusCode()) {
                        case 301, 307, 400 -> "; check endpoint and region";
                        case 401, 403 ->
                            "; check the credentials, and that they allow to list the bucket and to get, put and delete its objects";
                        case NOT_FOUND -> "; check that there is a bucket " + options.bucket();
                        default -> "";
                    };
            throw new StoreUnavailableException(
                    name(), "%s was answered with %d%s%s".formatted(what, e.statusCode(), code, advice), e);
        } catch (SdkException e) {
            throw new StoreUnavailableException(name(), "%s failed: %s".formatted(what, e.getMessage()), e);
        }
    }
}
