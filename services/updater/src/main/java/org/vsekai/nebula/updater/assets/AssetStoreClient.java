package org.vsekai.nebula.updater.assets;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.assets.v1.AssetStoreGrpc;
import org.vsekai.nebula.api.assets.v1.ConfirmPinRequest;
import org.vsekai.nebula.api.assets.v1.ListPinsRequest;
import org.vsekai.nebula.api.assets.v1.ListPinsResponse;
import org.vsekai.nebula.api.assets.v1.PinRequest;
import org.vsekai.nebula.api.assets.v1.PinState;
import org.vsekai.nebula.api.assets.v1.PutManifestRequest;
import org.vsekai.nebula.api.assets.v1.SetPacksRequest;
import org.vsekai.nebula.api.assets.v1.UnpinRequest;
import org.vsekai.nebula.api.assets.v1.VerifiedArchive;
import org.vsekai.nebula.api.assets.v1.VerifiedEntry;
import org.vsekai.nebula.api.assets.v1.VerifyIndexRequest;
import org.vsekai.nebula.api.assets.v1.VerifyIndexResponse;

/**
 * Calls asset-store. Every call has a deadline; all but {@link #verify} are idempotent and are repeated while
 * asset-store is unavailable. Failures are {@link AssetStoreException}s. Results arrive on a thread that may block.
 * Thread-safe.
 */
@ApplicationScoped
public class AssetStoreClient {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final int PIN_PAGE_SIZE = 1000;

    private final AssetStoreConfig config;
    private final ManagedChannel channel;

    AssetStoreClient(AssetStoreConfig config) {
        if (config.attempts() < 1) {
            throw new IllegalArgumentException(
                    "nebula.updater.asset-store.attempts must be at least 1, not " + config.attempts());
        }
        this.config = config;
        Metadata metadata = new Metadata();
        config.token().ifPresent(token -> metadata.put(AUTHORIZATION, "Bearer " + token));
        this.channel = Grpc.newChannelBuilder(config.grpc(), InsecureChannelCredentials.create())
                .intercept(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .build();
    }

    @PreDestroy
    void close() {
        channel.shutdownNow();
    }

    /** Protects the index and its chunks, PENDING, in the name of the owner. */
    public Uni<Void> pin(IndexName index, UUID owner) {
        PinRequest request = PinRequest.newBuilder()
                .setIndexName(index.text())
                .setOwner(owner.toString())
                .build();
        return repeated(AssetStoreGrpc.getPinMethod(), request, config.timeout())
                .replaceWithVoid();
    }

    /** PENDING to CONFIRMED. Fails with PIN_NOT_FOUND if the owner holds no pin. */
    public Uni<Void> confirmPin(UUID owner) {
        ConfirmPinRequest request =
                ConfirmPinRequest.newBuilder().setOwner(owner.toString()).build();
        return repeated(AssetStoreGrpc.getConfirmPinMethod(), request, config.timeout())
                .replaceWithVoid();
    }

    /** Drops the owner's pin, if there is one. */
    public Uni<Void> unpin(UUID owner) {
        UnpinRequest request =
                UnpinRequest.newBuilder().setOwner(owner.toString()).build();
        return repeated(AssetStoreGrpc.getUnpinMethod(), request, config.timeout())
                .replaceWithVoid();
    }

    /** Says which packs are wanted for the owner, these and no others; they are made in the background. */
    public Uni<Void> setPacks(UUID owner, List<PackTarget> targets) {
        SetPacksRequest.Builder request = SetPacksRequest.newBuilder().setOwner(owner.toString());
        for (PackTarget target : targets) {
            request.addTargetsBuilder()
                    .setIndexName(target.index().text())
                    .addAllBaseIndexNames(
                            target.bases().stream().map(IndexName::text).toList());
        }
        return repeated(AssetStoreGrpc.getSetPacksMethod(), request.build(), config.timeout())
                .replaceWithVoid();
    }

    /**
     * Pins made before a time, oldest first.
     *
     * @param page {@link PinPage#next} of the part before; empty for the first
     */
    public Uni<PinPage> listPins(Instant before, String page) {
        ListPinsRequest request = ListPinsRequest.newBuilder()
                .setInsertedBefore(Timestamp.newBuilder()
                        .setSeconds(before.getEpochSecond())
                        .setNanos(before.getNano()))
                .setPageSize(PIN_PAGE_SIZE)
                .setPageToken(page)
                .build();
        return repeated(AssetStoreGrpc.getListPinsMethod(), request, config.timeout())
                .map(AssetStoreClient::pinPage);
    }

    private static PinPage pinPage(ListPinsResponse response) {
        return new PinPage(
                response.getPinsList().stream()
                        .map(pin -> new Pin(pin.getOwner(), pin.getState() == PinState.PIN_STATE_CONFIRMED))
                        .toList(),
                response.getNextPageToken());
    }

    /** Stores a manifest under the SHA-256 of its bytes. */
    public Uni<ManifestName> putManifest(byte[] manifest) {
        PutManifestRequest request = PutManifestRequest.newBuilder()
                .setContent(UnsafeByteOperations.unsafeWrap(manifest))
                .build();
        return repeated(AssetStoreGrpc.getPutManifestMethod(), request, config.manifestTimeout())
                .map(response -> {
                    try {
                        return new ManifestName(response.getManifestName());
                    } catch (IllegalArgumentException e) {
                        throw AssetStoreException.nonsense("a manifest was stored under no proper name", e);
                    }
                });
    }

    /**
     * Has every chunk of the archive read and hashed.
     *
     * @param nodes takes every node, in archive order, one call at a time; what it throws ends the call and is the failure
     */
    public Uni<ArchiveSummary> verify(IndexName index, Consumer<ArchiveNode> nodes) {
        VerifyIndexRequest request =
                VerifyIndexRequest.newBuilder().setIndexName(index.text()).build();
        return Uni.createFrom().emitter(emitter -> {
            ClientCall<VerifyIndexRequest, VerifyIndexResponse> call =
                    call(AssetStoreGrpc.getVerifyIndexMethod(), config.verifyTimeout());
            emitter.onTermination(() -> call.cancel("the answer is no longer wanted", null));
            // Its next message is asked for when this one has been dealt with, so that nothing piles up.
            ClientCalls.asyncServerStreamingCall(call, request, new Verification(call, nodes, emitter));
        });
    }

    private <Q, R> Uni<R> repeated(MethodDescriptor<Q, R> method, Q request, Duration timeout) {
        Uni<R> once = Uni.createFrom().emitter(emitter -> {
            ClientCall<Q, R> call = call(method, timeout);
            emitter.onTermination(() -> call.cancel("the answer is no longer wanted", null));
            ClientCalls.asyncUnaryCall(call, request, new StreamObserver<>() {
                @Override
                public void onNext(R response) {
                    emitter.complete(response);
                }

                @Override
                public void onError(Throwable failure) {
                    emitter.fail(typed(failure));
                }

                @Override
                public void onCompleted() {
                    // A unary call completes with its one message or fails.
                }
            });
        });
        return config.attempts() == 1
                ? once
                : once.onFailure(AssetStoreClient::isUnavailable)
                        .retry()
                        .withBackOff(config.initialBackoff(), config.maxBackoff())
                        .atMost(config.attempts() - 1L);
    }

    private <Q, R> ClientCall<Q, R> call(MethodDescriptor<Q, R> method, Duration timeout) {
        return channel.newCall(
                method, CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static Throwable typed(Throwable failure) {
        return failure instanceof StatusRuntimeException status ? AssetStoreException.of(status) : failure;
    }

    private static boolean isUnavailable(Throwable failure) {
        return failure instanceof AssetStoreException e
                && e.reason() == AssetStoreException.Reason.ASSET_STORE_UNAVAILABLE;
    }

    /** Takes the messages of one verification: entries, then the summary, then the end. */
    private static final class Verification implements StreamObserver<VerifyIndexResponse> {
        private final ClientCall<?, ?> call;
        private final Consumer<ArchiveNode> nodes;
        private final UniEmitter<? super ArchiveSummary> emitter;
        private @Nullable ArchiveSummary summary;

        Verification(ClientCall<?, ?> call, Consumer<ArchiveNode> nodes, UniEmitter<? super ArchiveSummary> emitter) {
            this.call = call;
            this.nodes = nodes;
            this.emitter = emitter;
        }

        @Override
        public void onNext(VerifyIndexResponse message) {
            try {
                if (summary != null) {
                    throw AssetStoreException.nonsense("the list of an archive goes on after its end", null);
                }
                switch (message.getItemCase()) {
                    case ENTRY -> nodes.accept(node(message.getEntry()));
                    case ARCHIVE -> summary = summary(message.getArchive());
                    case ITEM_NOT_SET -> throw AssetStoreException.nonsense("a message is empty", null);
                }
            } catch (RuntimeException e) {
                emitter.fail(e);
                call.cancel("the archive is not wanted any more", e);
            }
        }

        @Override
        public void onError(Throwable failure) {
            emitter.fail(typed(failure));
        }

        @Override
        public void onCompleted() {
            if (summary == null) {
                emitter.fail(AssetStoreException.nonsense("the list of an archive ends early", null));
            } else {
                emitter.complete(summary);
            }
        }

        private static ArchiveNode node(VerifiedEntry entry) {
            return switch (entry.getKind()) {
                case ENTRY_KIND_FILE ->
                    new ArchiveNode.File(entry.getPath(), entry.getMode(), entry.getSize(), hex(entry.getSha256()));
                case ENTRY_KIND_DIRECTORY -> new ArchiveNode.Directory(entry.getPath(), entry.getMode());
                case ENTRY_KIND_SYMLINK -> new ArchiveNode.Symlink(entry.getPath(), entry.getLinkTarget());
                case ENTRY_KIND_UNSPECIFIED, UNRECOGNIZED ->
                    throw new UnsuitableArchiveException(entry.getPath(), "it is no file, folder or symbolic link");
            };
        }

        private static String hex(ByteString digest) {
            return HexFormat.of().formatHex(digest.size() > 64 ? new byte[0] : digest.toByteArray());
        }

        private static ArchiveSummary summary(VerifiedArchive archive) {
            try {
                return new ArchiveSummary(
                        archive.getArchiveBytes(),
                        archive.getChunkCount(),
                        archive.getDigest(),
                        Integer.toUnsignedLong(archive.getChunkMinBytes()),
                        Integer.toUnsignedLong(archive.getChunkAvgBytes()),
                        Integer.toUnsignedLong(archive.getChunkMaxBytes()),
                        archive.getIndexBytes());
            } catch (IllegalArgumentException e) {
                throw AssetStoreException.nonsense(String.valueOf(e.getMessage()), e);
            }
        }
    }
}
