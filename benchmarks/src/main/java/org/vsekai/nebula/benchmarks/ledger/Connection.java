package org.vsekai.nebula.benchmarks.ledger;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The same gRPC client for both sides: one HTTP/2 connection, answers handled on its own thread. */
final class Connection implements AutoCloseable {
    private final ManagedChannel managed;
    private final Channel channel;

    /** @param token sent as a bearer token; empty for none */
    Connection(int port, String token) {
        managed = Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                .directExecutor()
                .build();
        Metadata headers = new Metadata();
        if (!token.isEmpty()) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        }
        channel = ClientInterceptors.intercept(managed, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    <Q, A> CompletableFuture<A> call(MethodDescriptor<Q, A> method, Q request, Duration deadline) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(channel.newCall(method, options), request, new StreamObserver<>() {
            @Override
            public void onNext(A message) {
                answer.complete(message);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                // The one message has come before.
            }
        });
        return answer;
    }

    @Override
    public void close() {
        managed.shutdownNow();
    }
}
