package org.vsekai.nebula.client.entities;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.EntitiesGrpc;
import org.vsekai.nebula.api.entities.v1.Redirect;
import org.vsekai.nebula.api.entities.v1.ServerFrame;

/** A server at the loopback address whose streams do what a test says, frame by frame. */
final class ScriptedZoneServer implements AutoCloseable {
    static final long PATIENCE_SECONDS = 20;

    private final Server server;
    private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();

    ScriptedZoneServer() {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .flowControlWindow(64 << 10)
                    .addService(ServerServiceDefinition.builder(EntitiesGrpc.getServiceDescriptor())
                            .addMethod(EntitiesGrpc.getSessionMethod(), (call, headers) -> {
                                Stream stream = new Stream(call);
                                call.sendHeaders(new Metadata());
                                call.request(1);
                                streams.add(stream);
                                return stream;
                            })
                            .build())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Address address() {
        return new Address("127.0.0.1", server.getPort());
    }

    /** The next stream that a client opens. */
    Stream accept() throws InterruptedException {
        return Objects.requireNonNull(streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no stream came");
    }

    /** The next stream, whose client has joined and was welcomed. */
    Stream welcome(int session, long epoch) throws InterruptedException {
        Stream stream = accept();
        stream.join = stream.next();
        stream.send(Frames.frame(1).setWelcome(Frames.welcome(session, epoch)));
        return stream;
    }

    int waiting() {
        return streams.size();
    }

    @Override
    public void close() {
        try {
            server.shutdownNow().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static final class Stream extends ServerCall.Listener<ClientFrame> {
        private final ServerCall<ClientFrame, ServerFrame> call;
        private final BlockingQueue<ClientFrame> frames = new LinkedBlockingQueue<>();
        private final AtomicBoolean holdsBack = new AtomicBoolean();
        final CompletableFuture<Void> halfClosed = new CompletableFuture<>();
        final CompletableFuture<Void> cancelled = new CompletableFuture<>();
        ClientFrame join = ClientFrame.getDefaultInstance();

        private Stream(ServerCall<ClientFrame, ServerFrame> call) {
            this.call = call;
        }

        @Override
        public void onMessage(ClientFrame frame) {
            frames.add(frame);
            if (!holdsBack.get()) {
                call.request(1);
            }
        }

        @Override
        public void onHalfClose() {
            halfClosed.complete(null);
        }

        @Override
        public void onCancel() {
            cancelled.complete(null);
        }

        /** The next frame from the client that is more than an acknowledgement. */
        ClientFrame next() throws InterruptedException {
            ClientFrame acknowledgement;
            do {
                acknowledgement =
                        Objects.requireNonNull(frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no frame came");
            } while (acknowledgement.toBuilder().clearAcknowledge().build().equals(ClientFrame.getDefaultInstance()));
            return acknowledgement.toBuilder().clearAcknowledge().build();
        }

        int received() {
            return frames.size();
        }

        BlockingQueue<ClientFrame> frames() {
            return frames;
        }

        /** Reads one more message, and then none until {@link #goOn}. */
        void holdBack() {
            holdsBack.set(true);
        }

        void goOn() {
            holdsBack.set(false);
            call.request(1);
        }

        boolean isReady() {
            return call.isReady();
        }

        SocketAddress client() {
            return Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        }

        void send(ServerFrame.Builder frame) {
            call.sendMessage(frame.build());
        }

        void redirect(Address address) {
            send(ServerFrame.newBuilder().setRedirect(Redirect.newBuilder().setAddress(address.toString())));
        }

        void end() {
            call.close(Status.OK, new Metadata());
        }

        void fail(Status.Code code) {
            call.close(code.toStatus().withDescription("as the test wants it"), new Metadata());
        }

        /** As Nebula's services tell their problems. */
        void fail(Status.Code code, String reason) {
            StatusRuntimeException status = StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                    .setCode(code.value())
                    .setMessage("as the test wants it")
                    .addDetails(Any.pack(ErrorInfo.newBuilder()
                            .setReason(reason)
                            .setDomain("nebula.vsekai.org")
                            .build()))
                    .build());
            call.close(status.getStatus(), Objects.requireNonNull(status.getTrailers()));
        }
    }
}
