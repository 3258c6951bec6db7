package org.vsekai.nebula.kit.problem;

import io.grpc.Status;

/** The kinds of failure that a caller can tell apart by protocol means: an HTTP status and a canonical gRPC code. */
public enum ProblemKind {
    INVALID(400, "Bad Request", Status.Code.INVALID_ARGUMENT),
    UNAUTHENTICATED(401, "Unauthorized", Status.Code.UNAUTHENTICATED),
    FORBIDDEN(403, "Forbidden", Status.Code.PERMISSION_DENIED),
    NOT_FOUND(404, "Not Found", Status.Code.NOT_FOUND),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed", Status.Code.UNIMPLEMENTED),
    /** Something of that name or key is already there. */
    ALREADY_EXISTS(409, "Conflict", Status.Code.ALREADY_EXISTS),
    /** The thing is in a state that does not allow the call. */
    FAILED_PRECONDITION(409, "Conflict", Status.Code.FAILED_PRECONDITION),
    /** If-Match does not name the current revision. */
    REVISION_MISMATCH(412, "Precondition Failed", Status.Code.ABORTED),
    CONTENT_TOO_LARGE(413, "Content Too Large", Status.Code.OUT_OF_RANGE),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported Media Type", Status.Code.INVALID_ARGUMENT),
    RANGE_NOT_SATISFIABLE(416, "Range Not Satisfiable", Status.Code.OUT_OF_RANGE),
    PRECONDITION_REQUIRED(428, "Precondition Required", Status.Code.INVALID_ARGUMENT),
    TOO_MANY_REQUESTS(429, "Too Many Requests", Status.Code.RESOURCE_EXHAUSTED),
    INTERNAL(500, "Internal Server Error", Status.Code.INTERNAL),
    /** Stored data is damaged. */
    DATA_LOSS(500, "Internal Server Error", Status.Code.DATA_LOSS),
    /** A part that the service needs does not answer; trying again later makes sense. */
    UNAVAILABLE(503, "Service Unavailable", Status.Code.UNAVAILABLE),
    /** As UNAVAILABLE, but the work may or may not have been done: a look, or trying again, tells. */
    OUTCOME_UNKNOWN(503, "Service Unavailable", Status.Code.UNKNOWN),
    INSUFFICIENT_STORAGE(507, "Insufficient Storage", Status.Code.RESOURCE_EXHAUSTED);

    private final int httpStatus;
    private final String title;
    private final Status.Code grpcCode;

    ProblemKind(int httpStatus, String title, Status.Code grpcCode) {
        this.httpStatus = httpStatus;
        this.title = title;
        this.grpcCode = grpcCode;
    }

    public int httpStatus() {
        return httpStatus;
    }

    public String title() {
        return title;
    }

    public Status.Code grpcCode() {
        return grpcCode;
    }

    /** The kind that an answer with this HTTP status has; an unlisted status falls to the kind of its class. */
    static ProblemKind ofHttpStatus(int status) {
        for (ProblemKind kind : values()) {
            if (kind.httpStatus == status) {
                return kind;
            }
        }
        return status >= 400 && status < 500 ? INVALID : INTERNAL;
    }

    /** The kind that a gRPC status of this code stands for. */
    static ProblemKind ofGrpcCode(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT -> INVALID;
            case UNAUTHENTICATED -> UNAUTHENTICATED;
            case PERMISSION_DENIED -> FORBIDDEN;
            case NOT_FOUND -> NOT_FOUND;
            case UNIMPLEMENTED -> METHOD_NOT_ALLOWED;
            case ALREADY_EXISTS -> ALREADY_EXISTS;
            case FAILED_PRECONDITION -> FAILED_PRECONDITION;
            case ABORTED -> REVISION_MISMATCH;
            case OUT_OF_RANGE -> CONTENT_TOO_LARGE;
            case RESOURCE_EXHAUSTED -> TOO_MANY_REQUESTS;
            case DATA_LOSS -> DATA_LOSS;
            case UNAVAILABLE -> UNAVAILABLE;
            // The call may have been carried out although its answer did not arrive.
            case DEADLINE_EXCEEDED, CANCELLED, UNKNOWN -> OUTCOME_UNKNOWN;
            case INTERNAL, OK -> INTERNAL;
        };
    }
}
