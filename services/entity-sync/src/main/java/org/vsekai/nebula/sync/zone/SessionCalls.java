package org.vsekai.nebula.sync.zone;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.EntitiesGrpc;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.zones.FrameBytes;

/**
 * {@code vsekai.nebula.entities.v1.Entities}. Bound by hand: frames are bytes to the zone, and messages only to others. The first frame
 * of a stream is read as a message here; what follows goes to the zone as it came.
 *
 * <p>Who may join is told by the ticket, so there is no bearer token and no role.
 *
 * <p>It is added to the server without the interceptors of other services, and its calls are served on the transport's own threads, as
 * nothing in them blocks: each hop to another context would be an event of its own for each frame of each client.
 */
@Singleton
class SessionCalls implements ServerBuilderCustomizer<VertxServerBuilder> {
    private static final MethodDescriptor<byte[], FrameBytes> SESSION =
            MethodDescriptor.<byte[], FrameBytes>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(EntitiesGrpc.getSessionMethod().getFullMethodName())
                    .setRequestMarshaller(new ClientBytes())
                    .setResponseMarshaller(new ServerBytes())
                    .setSchemaDescriptor(EntitiesGrpc.getSessionMethod().getSchemaDescriptor())
                    .build();

    /**
     * Bytes of a connection and of a stream that a client may have under way. Fixed: the alternative, to measure it, sends a ping for most
     * of what a client sends.
     */
    private static final int WINDOW_BYTES = 1 << 20;

    private final Joining joining;

    SessionCalls(Joining joining) {
        this.joining = joining;
    }

    @Override
    public void customize(GrpcServerConfiguration configuration, VertxServerBuilder server) {
        ServiceDescriptor service = ServiceDescriptor.newBuilder(EntitiesGrpc.SERVICE_NAME)
                .setSchemaDescriptor(EntitiesGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(SESSION)
                .build();
        server.nettyBuilder()
                .flowControlWindow(WINDOW_BYTES)
                .callExecutor(new TransportThread())
                .addService(ServerServiceDefinition.builder(service)
                        .addMethod(SESSION, (call, _) -> {
                            call.request(1);
                            return new Stream(call);
                        })
                        .build());
    }

    /** Where sessions are served; others where they would be anyway. */
    private static final class TransportThread implements ServerCallExecutorSupplier {
        @Override
        public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
            return call.getMethodDescriptor() == SESSION ? Runnable::run : null;
        }
    }

    /** One client's stream. Called by gRPC, one call at a time. */
    private final class Stream extends ServerCall.Listener<byte[]> {
        private final SessionStream session;
        private boolean joined;

        Stream(ServerCall<byte[], FrameBytes> call) {
            session = new SessionStream(call);
        }

        @Override
        public void onMessage(byte[] frame) {
            if (joined) {
                session.receive(frame);
                return;
            }
            joined = true;
            try {
                joining.join(session, ClientFrame.parseFrom(frame));
            } catch (InvalidProtocolBufferException e) {
                session.refuse(ProblemException.invalid("INVALID_FRAME", "The first frame is no ClientFrame."));
            } catch (ProblemException e) {
                session.refuse(e);
            }
        }

        @Override
        public void onHalfClose() {
            session.leave();
        }

        @Override
        public void onCancel() {
            session.disconnect();
        }
    }

    private static final class ClientBytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            throw new UnsupportedOperationException("a server reads requests");
        }

        /** The server's bound on messages, far below an array's, has been checked by gRPC. */
        @Override
        public byte[] parse(InputStream stream) {
            try {
                // Not readAllBytes, which takes 16 KiB for whatever it reads.
                return stream instanceof KnownLength ? stream.readNBytes(stream.available()) : stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class ServerBytes implements MethodDescriptor.Marshaller<FrameBytes> {
        @Override
        public InputStream stream(FrameBytes frame) {
            return new FrameStream(frame);
        }

        @Override
        public FrameBytes parse(InputStream stream) {
            throw Status.INTERNAL.withDescription("a server writes answers").asRuntimeException();
        }
    }
}
