package org.vsekai.nebula.sync.zone;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.AreaOfInterest;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.EntitiesGrpc;
import org.vsekai.nebula.api.entities.v1.IssueTicketRequest;
import org.vsekai.nebula.api.entities.v1.Join;
import org.vsekai.nebula.api.entities.v1.ServerFrame;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.api.entities.v1.TicketsGrpc;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.testing.Eventually;
import org.vsekai.nebula.kit.testing.TestTokens;

/** A session by the generated stubs alone: frames as they come. */
public final class RawSession implements StreamObserver<ServerFrame>, AutoCloseable {
    final List<ServerFrame> frames = new ArrayList<>();
    public final CompletableFuture<String> end = new CompletableFuture<>();
    private final StreamObserver<ClientFrame> out;

    RawSession(ManagedChannel channel) {
        out = EntitiesGrpc.newStub(channel).session(this);
    }

    /** As the service beside a game server gets one for somebody. */
    public static ByteString ticket(ManagedChannel channel, String zone, SessionRole role) {
        return tickets(channel, TestTokens.SERVER)
                .issueTicket(IssueTicketRequest.newBuilder()
                        .setZone(zone)
                        .setRole(role)
                        .setSubject("somebody")
                        .build())
                .getTicket();
    }

    /** @param token of whoever asks */
    static TicketsGrpc.TicketsBlockingStub tickets(ManagedChannel channel, String token) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), TestTokens.bearer(token));
        return TicketsGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    public static RawSession join(
            ManagedChannel channel, String zone, ByteString ticket, int radius, ByteString resume) {
        RawSession session = new RawSession(channel);
        session.send(ClientFrame.newBuilder()
                .setJoin(Join.newBuilder()
                        .setZone(zone)
                        .setTicket(ticket)
                        .setInterest(AreaOfInterest.newBuilder()
                                .setX(50_000)
                                .setZ(50_000)
                                .setRadius(radius))
                        .setResumeToken(resume)));
        return session;
    }

    public void send(ClientFrame.Builder frame) {
        out.onNext(frame.build());
    }

    public void leave() {
        out.onCompleted();
    }

    /** As a client that dies. */
    @Override
    public void close() {
        out.onError(Status.CANCELLED.asRuntimeException());
    }

    public ServerFrame await(Predicate<ServerFrame> wanted) {
        Eventually.eventually(() -> {
            if (find(wanted).isEmpty()) {
                throw new AssertionError(end.isDone() ? "ended: " + end.join() : "no such frame among " + count());
            }
        });
        return find(wanted).orElseThrow();
    }

    /** So far. */
    synchronized List<ServerFrame> frames() {
        return List.copyOf(frames);
    }

    private synchronized int count() {
        return frames.size();
    }

    private synchronized Optional<ServerFrame> find(Predicate<ServerFrame> wanted) {
        return frames.stream().filter(wanted).findFirst();
    }

    @Override
    public synchronized void onNext(ServerFrame frame) {
        frames.add(frame);
    }

    @Override
    public void onError(@Nullable Throwable failure) {
        end.complete(GrpcStatuses.findReason(failure).orElse(String.valueOf(failure)));
    }

    @Override
    public void onCompleted() {
        end.complete("OK");
    }
}
