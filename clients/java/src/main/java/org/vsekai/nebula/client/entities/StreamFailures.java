package org.vsekai.nebula.client.entities;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;

/** What a stream's end means. A service tells by the reason of a {@link ErrorInfo}; without one the status' code must do. */
final class StreamFailures {
    /** The domain of every {@link ErrorInfo} that Nebula sends. */
    private static final String DOMAIN = "nebula.vsekai.org";

    private StreamFailures() {}

    static EntityClientException of(Status status, Metadata trailers) {
        String description = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        String reason = findReason(status, trailers).orElse("");
        return switch (reason) {
            case "TICKET_REFUSED" -> new TicketRefusedException(description);
            case "ZONE_NOT_FOUND" -> new ZoneNotFoundException(description);
            case "ZONE_FULL" -> new ZoneFullException(description);
            case "INVALID_FRAME" -> new InvalidFrameException(description);
            case "TOO_FAST" -> new TooFastException(description);
            case "TOO_SLOW" -> new TooSlowException(description);
            case "ZONE_MOVED" -> new ZoneMovedException(description);
            default -> ofCode(status, reason, description);
        };
    }

    private static EntityClientException ofCode(Status status, String reason, String description) {
        return switch (status.getCode()) {
            case OK -> new SessionEndedException("the server ended the session");
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED ->
                new SessionRefusedException(
                        reason.isEmpty() ? status.getCode().name() : reason, status.getCode(), description);
            case CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE, DATA_LOSS ->
                new StreamLostException(status.getCode() + ": " + description, status.getCause());
        };
    }

    private static Optional<String> findReason(Status status, Metadata trailers) {
        com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
        for (Any detail : details.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    ErrorInfo info = detail.unpack(ErrorInfo.class);
                    if (info.getDomain().equals(DOMAIN)) {
                        return Optional.of(info.getReason());
                    }
                } catch (InvalidProtocolBufferException e) {
                    // A peer that sends a broken detail has given no reason that can be read.
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
