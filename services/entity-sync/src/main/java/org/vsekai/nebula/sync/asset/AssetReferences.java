package org.vsekai.nebula.sync.asset;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.assets.v1.AddAssetReferenceRequest;
import org.vsekai.nebula.api.assets.v1.AssetsGrpc;
import org.vsekai.nebula.api.assets.v1.RemoveAssetReferenceRequest;

/** References to assets, by asset-store. Every call has a deadline and is idempotent. Thread-safe. */
@ApplicationScoped
class AssetReferences {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final AssetsConfig config;
    private final @Nullable ManagedChannel channel;

    AssetReferences(AssetsConfig config) {
        this.config = config;
        this.channel = config.grpc()
                .map(address -> {
                    Metadata metadata = new Metadata();
                    config.token().ifPresent(token -> metadata.put(AUTHORIZATION, "Bearer " + token));
                    return Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                            .intercept(MetadataUtils.newAttachHeadersInterceptor(metadata))
                            .build();
                })
                .orElse(null);
    }

    @PreDestroy
    void close() {
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    /** Whether there is an asset-store to ask. */
    boolean isConfigured() {
        return channel != null;
    }

    /** Holds an asset; false if there is none of this id. */
    Uni<Boolean> add(UUID asset, String holder) {
        return call(
                        AssetsGrpc.getAddAssetReferenceMethod(),
                        AddAssetReferenceRequest.newBuilder()
                                .setAssetId(asset.toString())
                                .setHolder(holder)
                                .build())
                .replaceWith(true)
                .onFailure(AssetReferences::isNotFound)
                .recoverWithItem(false);
    }

    /** Lets go of an asset, if it was held. */
    Uni<Void> remove(UUID asset, String holder) {
        return call(
                        AssetsGrpc.getRemoveAssetReferenceMethod(),
                        RemoveAssetReferenceRequest.newBuilder()
                                .setAssetId(asset.toString())
                                .setHolder(holder)
                                .build())
                .replaceWithVoid()
                .onFailure(AssetReferences::isNotFound)
                .recoverWithNull()
                .replaceWithVoid();
    }

    private static boolean isNotFound(Throwable failure) {
        return failure instanceof StatusRuntimeException status
                && status.getStatus().getCode() == Status.Code.NOT_FOUND;
    }

    private <Q, R> Uni<R> call(MethodDescriptor<Q, R> method, Q request) {
        ManagedChannel to = channel;
        if (to == null) {
            return Uni.createFrom().failure(new IllegalStateException("no asset-store is configured"));
        }
        return Uni.createFrom().emitter(emitter -> {
            ClientCall<Q, R> call = to.newCall(
                    method,
                    CallOptions.DEFAULT.withDeadlineAfter(config.timeout().toMillis(), TimeUnit.MILLISECONDS));
            emitter.onTermination(() -> call.cancel("the answer is no longer wanted", null));
            ClientCalls.asyncUnaryCall(call, request, new StreamObserver<>() {
                @Override
                public void onNext(R response) {
                    emitter.complete(response);
                }

                @Override
                public void onError(Throwable failure) {
                    emitter.fail(failure);
                }

                @Override
                public void onCompleted() {
                    // A unary call completes with its one message or fails.
                }
            });
        });
    }
}
