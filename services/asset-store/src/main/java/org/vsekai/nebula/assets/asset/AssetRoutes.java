package org.vsekai.nebula.assets.asset;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.virtual.threads.VirtualThreads;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.index.VerifiedBlob;
import org.vsekai.nebula.assets.storage.ByteRange;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.assets.storage.WorkSlots;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.problem.RouteProblems;
import org.vsekai.nebula.kit.revision.EntityTags;

/**
 * GET and HEAD of assets. The bytes come chunk by chunk out of the store, each verified before any of it is sent, on a thread
 * of their own that waits for the caller: per download a few chunks and {@value #WRITES_UNDER_WAY} buffers are in memory.
 */
@ApplicationScoped
class AssetRoutes {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int WRITES_UNDER_WAY = 4;

    private final Assets assets;
    private final Indexes indexes;
    private final StoreFolder store;
    private final RouteProblems problems;
    private final AssetConfig config;
    private final WorkSlots slots;
    private final ExecutorService threads;
    private final Vertx vertx;
    private final Cache<String, ChunkIndex> read;

    AssetRoutes(
            Assets assets,
            Indexes indexes,
            StoreFolder store,
            RouteProblems problems,
            AssetConfig config,
            StoreConfig storeConfig,
            @VirtualThreads ExecutorService threads,
            Vertx vertx) {
        this.assets = assets;
        this.indexes = indexes;
        this.store = store;
        this.problems = problems;
        this.config = config;
        this.slots = new WorkSlots(config.maxConcurrentReads(), storeConfig.maxWait());
        this.threads = threads;
        this.vertx = vertx;
        this.read = Caffeine.newBuilder()
                .maximumWeight(config.rememberedIndexes().asLongValue())
                .<String, ChunkIndex>weigher((name, index) -> (int)
                        Math.min(Integer.MAX_VALUE, 256 + (Long.BYTES + ChunkId.BYTES) * (long) index.chunkCount()))
                .build();
    }

    void install(@Observes Router router) {
        router.route("/api/v1/assets/:id")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(this::answer);
    }

    private void answer(RoutingContext context) {
        UUID id;
        try {
            id = Assets.parse(Objects.requireNonNull(context.pathParam("id")));
        } catch (ProblemException e) {
            problems.answer(context, e);
            return;
        }
        assets.get(id).subscribe().with(asset -> send(context, asset), failure -> problems.answer(context, failure));
    }

    private void send(RoutingContext context, Asset asset) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        String tag = asset.entityTag();
        if (EntityTags.isNotModified(request.getHeader(HttpHeaderNames.IF_NONE_MATCH), tag)) {
            validators(response, tag).setStatusCode(304).end();
            return;
        }
        Optional<ByteRange> range;
        try {
            range = range(request, asset.size(), tag);
        } catch (ByteRange.UnsatisfiableException e) {
            validators(response, tag)
                    .setStatusCode(416)
                    .putHeader(HttpHeaderNames.CONTENT_RANGE, "bytes */" + asset.size())
                    .end();
            return;
        }
        ByteRange part = range.orElse(new ByteRange(0, asset.size() - 1));
        if (request.method() == HttpMethod.HEAD || part.length() == 0) {
            head(response, asset, range);
            response.end();
            return;
        }
        Context events = vertx.getOrCreateContext();
        threads.execute(() -> {
            try {
                stream(response, asset, range, part);
            } catch (IOException | RuntimeException e) {
                events.runOnContext(ignored -> problems.answer(context, translated(e)));
            }
        });
    }

    private static Optional<ByteRange> range(HttpServerRequest request, long size, String tag)
            throws ByteRange.UnsatisfiableException {
        @Nullable String range = request.getHeader(HttpHeaderNames.RANGE);
        @Nullable String condition = request.getHeader(HttpHeaderNames.IF_RANGE);
        // RFC 9110, 14.2: Range means something to GET only; 13.1.5: another If-Range asks for the whole file.
        if (range == null || request.method() != HttpMethod.GET || (condition != null && !condition.equals(tag))) {
            return Optional.empty();
        }
        return ByteRange.parse(range, size);
    }

    private static HttpServerResponse validators(HttpServerResponse response, String tag) {
        return response.putHeader(HttpHeaderNames.ETAG, tag)
                // It may be kept, but must be asked for again: other bytes may have come in its place.
                .putHeader(HttpHeaderNames.CACHE_CONTROL, "public, no-cache")
                .putHeader(HttpHeaderNames.ACCEPT_RANGES, "bytes");
    }

    private static void head(HttpServerResponse response, Asset asset, Optional<ByteRange> range) {
        validators(response, asset.entityTag())
                .putHeader(HttpHeaderNames.CONTENT_TYPE, asset.mediaType())
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, "sandbox")
                .putHeader(
                        HttpHeaderNames.CONTENT_LENGTH,
                        Long.toString(range.map(ByteRange::length).orElse(asset.size())));
        if (asset.name() != null) {
            response.putHeader(HttpHeaderNames.CONTENT_DISPOSITION, disposition(asset.name()));
        }
        range.ifPresent(part -> response.setStatusCode(206)
                .putHeader(
                        HttpHeaderNames.CONTENT_RANGE,
                        "bytes " + part.first() + "-" + part.last() + "/" + asset.size()));
    }

    /** RFC 6266: the plain form for old clients, and the exact one. */
    static String disposition(String name) {
        String plain = name.replaceAll("[^\\x20-\\x7e]|[\"\\\\%]", "_");
        return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''"
                + URLEncoder.encode(name, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("*", "%2A");
    }

    private void stream(HttpServerResponse response, Asset asset, Optional<ByteRange> range, ByteRange part)
            throws IOException {
        try (WorkSlots.Slot slot = slots.acquire()) {
            ChunkIndex index =
                    Objects.requireNonNull(read.get(asset.index(), name -> indexes.read(Indexes.parseBlobName(name))));
            try (VerifiedBlob blob =
                    new VerifiedBlob(index, part.first(), part.length(), store.chunks(), threads, config.readAhead())) {
                send(response, blob, () -> head(response, asset, range));
            }
        }
    }

    private void send(HttpServerResponse response, VerifiedBlob blob, Runnable head) throws IOException {
        Semaphore turns = new Semaphore(WRITES_UNDER_WAY);
        byte[] buffer = new byte[BUFFER_BYTES];
        int length = blob.read(buffer, 0, buffer.length);
        // Only now, with the first bytes at hand, is it known that the answer is no failure.
        head.run();
        for (; length >= 0; length = blob.read(buffer, 0, buffer.length)) {
            await(turns);
            if (response.closed()) {
                return;
            }
            response.write(Buffer.buffer(length).appendBytes(buffer, 0, length)).onComplete(written -> turns.release());
        }
        response.end();
    }

    private void await(Semaphore turns) {
        try {
            if (!turns.tryAcquire(config.callerStall().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "CALLER_STALLED",
                        "The caller took no bytes for " + config.callerStall().toSeconds() + " s.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ProblemKind.UNAVAILABLE, "STORE_BUSY", "The service is shutting down.", e);
        }
    }

    private static Throwable translated(Exception failure) {
        return switch (failure) {
            case ChunkMissingException e ->
                new ProblemException(ProblemKind.DATA_LOSS, "CHUNK_MISSING", String.valueOf(e.getMessage()), e);
            case ChunkCorruptException e ->
                new ProblemException(ProblemKind.DATA_LOSS, "CHUNK_CORRUPT", String.valueOf(e.getMessage()), e);
            default -> failure;
        };
    }
}
