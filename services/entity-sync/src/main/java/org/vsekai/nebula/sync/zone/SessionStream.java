package org.vsekai.nebula.sync.zone;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.zones.EndReason;
import org.vsekai.nebula.zones.FrameBytes;
import org.vsekai.nebula.zones.FrameSink;
import org.vsekai.nebula.zones.Role;
import org.vsekai.nebula.zones.Session;
import org.vsekai.nebula.zones.SessionToken;
import org.vsekai.nebula.zones.Zone;

/**
 * One client's call and, once it has joined, its session. gRPC's calls come one at a time, on a thread of its own; what writes to the call
 * after the joining is the zone's thread alone.
 *
 * <p>A client may have {@value #WINDOW} frames under way that the zone has not worked through; gRPC holds back the others.
 */
final class SessionStream implements FrameSink {
    static final int WINDOW = 64;

    /** Frames worked through that the transport is told of at once: each telling wakes its thread. */
    private static final int ASKED_AT_ONCE = WINDOW / 4;

    /** For what needs no answer: the zone's end tells every session. */
    private static final Runnable NOTHING = () -> {};

    private final ServerCall<byte[], FrameBytes> call;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable ZoneThread zone;
    /** Belongs to the zone's thread, as does what follows. */
    private @Nullable Session session;

    private int workedThrough;

    SessionStream(ServerCall<byte[], FrameBytes> call) {
        this.call = call;
    }

    /** Hands the stream to the zone, which lets it in or not when its thread comes to it. */
    void join(ZoneThread to, Role role, SessionToken token, @Nullable SessionToken resume, byte[] first) {
        zone = to;
        Runnable gone = () -> refuse(new ZoneGoneException(to.name()));
        Consumer<Zone> work = in -> {
            if (closed.get()) {
                return;
            }
            if (in.isFull() && !in.knows(resume, role)) {
                refuse(new ProblemException(
                        ProblemKind.TOO_MANY_REQUESTS,
                        "ZONE_FULL",
                        "The zone has " + in.settings().sessions() + " sessions, as many as it may; try again later."));
                return;
            }
            call.sendHeaders(new Metadata());
            Session joined = in.join(role, this, token, resume);
            session = joined;
            call.request(WINDOW);
            if (first.length > 0) {
                in.receive(joined, first, 0, first.length, to.ticksToResume());
            }
        };
        if (!to.offer(work, gone)) {
            gone.run();
        }
    }

    void receive(byte[] frame) {
        ZoneThread to = zone;
        if (to == null) {
            refuse(ProblemException.invalid("INVALID_FRAME", "The first frame must join."));
            return;
        }
        boolean taken = to.offer(
                in -> {
                    Session joined = session;
                    if (joined != null) {
                        in.receive(joined, frame, 0, frame.length, to.ticksToResume());
                        if (++workedThrough == ASKED_AT_ONCE) {
                            workedThrough = 0;
                            if (!closed.get()) {
                                call.request(ASKED_AT_ONCE);
                            }
                        }
                    }
                },
                NOTHING);
        if (!taken) {
            to.times().countShed();
            // The frame is lost, and the client's window must not shrink with it.
            call.request(1);
        }
    }

    /** The client has said that it is done. */
    void leave() {
        ZoneThread from = zone;
        Runnable end = () -> close(Status.OK, new Metadata());
        Consumer<Zone> work = in -> {
            Session joined = session;
            if (joined != null) {
                in.leave(joined);
            }
            end.run();
        };
        if (from == null || !from.offer(work, end)) {
            end.run();
        }
    }

    /** The connection is gone. */
    void disconnect() {
        closed.set(true);
        ZoneThread from = zone;
        if (from != null) {
            boolean noted = from.offer(
                    in -> {
                        Session joined = session;
                        if (joined != null) {
                            in.disconnect(joined, from.ticksToResume());
                        }
                    },
                    NOTHING);
            if (!noted) {
                from.times().countShed();
            }
        }
    }

    /** Tells a stream that has not joined where to go, and ends it with the problem. */
    void redirect(byte[] frame, ProblemException problem) {
        if (!closed.get()) {
            call.sendHeaders(new Metadata());
            call.sendMessage(FrameBytes.of(frame));
            refuse(problem);
        }
    }

    /** Ends the call with a problem. */
    void refuse(ProblemException problem) {
        StatusRuntimeException status = GrpcStatuses.toStatus(problem);
        Metadata trailers = status.getTrailers();
        close(status.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    private void close(Status status, Metadata trailers) {
        if (closed.compareAndSet(false, true)) {
            call.close(status, trailers);
        }
    }

    @Override
    public boolean isReady() {
        return !closed.get() && call.isReady();
    }

    @Override
    public void send(FrameBytes frame) {
        if (!closed.get()) {
            call.sendMessage(frame);
        }
    }

    @Override
    public void end(EndReason reason) {
        switch (reason) {
            case LEFT -> close(Status.OK, new Metadata());
            case TOO_FAST ->
                refuse(new ProblemException(
                        ProblemKind.TOO_MANY_REQUESTS, "TOO_FAST", "More frames or updates than a session may send."));
            case TOO_SLOW ->
                refuse(new ProblemException(
                        ProblemKind.TOO_MANY_REQUESTS,
                        "TOO_SLOW",
                        "The client reads too slowly; join again with the resume token."));
            case INVALID_FRAME ->
                refuse(ProblemException.invalid("INVALID_FRAME", "A frame breaks the contract's rules."));
            case ZONE_MOVED ->
                refuse(new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "ZONE_MOVED",
                        "The zone goes on elsewhere; join again with the resume token."));
        }
    }
}
