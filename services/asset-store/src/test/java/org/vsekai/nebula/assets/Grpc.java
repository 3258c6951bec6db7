package org.vsekai.nebula.assets;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import org.vsekai.nebula.api.assets.v1.AssetStoreGrpc;
import org.vsekai.nebula.kit.testing.TestTokens;

/** A plain gRPC client of the running store. */
final class Grpc implements AutoCloseable {
    private final ManagedChannel channel;

    Grpc() {
        this(FreeGrpcPort.port());
    }

    Grpc(int port) {
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    ManagedChannel channel() {
        return channel;
    }

    AssetStoreGrpc.AssetStoreBlockingStub server() {
        return AssetStoreGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(TestTokens.SERVER)));
    }

    AssetStoreGrpc.AssetStoreStub streamingServer() {
        return AssetStoreGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(TestTokens.SERVER)));
    }

    static Metadata headers(String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), TestTokens.bearer(token));
        return headers;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
