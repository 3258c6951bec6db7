package org.vsekai.nebula.system;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Passes every gRPC call on to one server, messages as they are, and tells the gates of each: {@code before Pin} when the call
 * has come and is not passed on yet, {@code after Pin} when its answer has come and is not passed back yet.
 */
final class GrpcRelay implements AutoCloseable {
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final StepGates gates;
    private final ManagedChannel target;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Server server;

    GrpcRelay(String target, StepGates gates) throws IOException {
        this.gates = gates;
        this.target = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
                .maxInboundMessageSize(128 << 20)
                .executor(threads)
                .build();
        this.server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .maxInboundMessageSize(128 << 20)
                .executor(threads)
                .fallbackHandlerRegistry(new HandlerRegistry() {
                    @Override
                    public ServerMethodDefinition<?, ?> lookupMethod(String method, String authority) {
                        return ServerMethodDefinition.create(
                                MethodDescriptor.newBuilder(BYTES, BYTES)
                                        .setFullMethodName(method)
                                        .setType(MethodDescriptor.MethodType.UNKNOWN)
                                        .build(),
                                new Handler());
                    }
                })
                .build()
                .start();
    }

    String endpoint() {
        return "127.0.0.1:" + server.getPort();
    }

    /** The server was started again: connect to it at once. */
    void reconnect() {
        target.resetConnectBackoff();
    }

    @Override
    public void close() {
        server.shutdownNow();
        target.shutdownNow();
        threads.shutdownNow();
    }

    private final class Handler implements ServerCallHandler<byte[], byte[]> {
        @Override
        public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> call, Metadata headers) {
            String name = call.getMethodDescriptor().getBareMethodName();
            if (!gates.cross("before " + name) || call.isCancelled()) {
                call.close(Status.UNAVAILABLE.withDescription("lost on its way"), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            target.resetConnectBackoff();
            CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.MINUTES);
            ClientCall<byte[], byte[]> onward = target.newCall(call.getMethodDescriptor(), options);
            onward.start(new Answers(name, call, onward), headers);
            onward.request(1);
            call.request(1);
            return new Requests(call, onward);
        }
    }

    private static final class Requests extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> call;
        private final ClientCall<byte[], byte[]> onward;

        Requests(ServerCall<byte[], byte[]> call, ClientCall<byte[], byte[]> onward) {
            this.call = call;
            this.onward = onward;
        }

        @Override
        public void onMessage(byte[] message) {
            onward.sendMessage(message);
            call.request(1);
        }

        @Override
        public void onHalfClose() {
            onward.halfClose();
        }

        @Override
        public void onCancel() {
            onward.cancel("the caller gave up", null);
        }
    }

    private final class Answers extends ClientCall.Listener<byte[]> {
        private final String name;
        private final ServerCall<byte[], byte[]> call;
        private final ClientCall<byte[], byte[]> onward;

        Answers(String name, ServerCall<byte[], byte[]> call, ClientCall<byte[], byte[]> onward) {
            this.name = name;
            this.call = call;
            this.onward = onward;
        }

        @Override
        public void onHeaders(Metadata headers) {
            call.sendHeaders(headers);
        }

        @Override
        public void onMessage(byte[] message) {
            if (!call.isCancelled()) {
                call.sendMessage(message);
            }
            onward.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            boolean arrives = !status.isOk() || gates.cross("after " + name);
            if (!call.isCancelled()) {
                call.close(arrives ? status : Status.UNAVAILABLE.withDescription("the answer got lost"), trailers);
            }
        }
    }
}
