package org.vsekai.nebula.kit.problem;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;

/** Problems as gRPC statuses, in both directions. */
public final class GrpcStatuses {
    /** The domain of every {@link ErrorInfo} that Nebula sends. */
    public static final String DOMAIN = "nebula.vsekai.org";

    private GrpcStatuses() {}

    /** The status, with the problem's code as the reason of an {@link ErrorInfo}. */
    public static StatusRuntimeException toStatus(ProblemException problem) {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(problem.kind().grpcCode().value())
                .setMessage(problem.detail())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(problem.code())
                        .setDomain(DOMAIN)
                        .build()))
                .build());
    }

    /** The reason that a Nebula service gave for a failed call; empty if the failure did not come from one. */
    public static Optional<String> findReason(Throwable failure) {
        if (!(failure instanceof StatusRuntimeException) && !(failure instanceof StatusException)) {
            return Optional.empty();
        }
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        if (status == null) {
            return Optional.empty();
        }
        for (Any detail : status.getDetailsList()) {
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

    /** The problem that another service's answer stands for, so that a caller sees the original code. */
    public static ProblemException toProblem(StatusRuntimeException failure) {
        ProblemKind kind = ProblemKind.ofGrpcCode(failure.getStatus().getCode());
        String description = failure.getStatus().getDescription();
        String code = findReason(failure)
                .filter(reason -> reason.matches("[A-Z][A-Z0-9_]{0,62}"))
                .orElse(failure.getStatus().getCode().name());
        return new ProblemException(
                kind, code, description == null ? failure.getStatus().getCode().name() : description, failure);
    }
}
