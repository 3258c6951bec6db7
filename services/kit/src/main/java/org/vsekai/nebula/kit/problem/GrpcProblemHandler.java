package org.vsekai.nebula.kit.problem;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.ExceptionHandler;
import io.quarkus.grpc.ExceptionHandlerProvider;
import jakarta.enterprise.context.ApplicationScoped;

/** Answers every failed gRPC call with the status of its problem. */
@ApplicationScoped
class GrpcProblemHandler implements ExceptionHandlerProvider {
    private final Problems problems;

    GrpcProblemHandler(Problems problems) {
        this.problems = problems;
    }

    @Override
    public <I, O> ExceptionHandler<I, O> createHandler(
            ServerCall.Listener<I> listener, ServerCall<I, O> call, Metadata metadata) {
        return new ExceptionHandler<>(listener, call, metadata) {
            @Override
            protected void handleException(Throwable failure, ServerCall<I, O> failed, Metadata headers) {
                StatusRuntimeException status = GrpcStatuses.toStatus(problems.of(failure));
                Metadata trailers = status.getTrailers();
                failed.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
            }
        };
    }

    @Override
    public Throwable transform(Throwable failure) {
        return GrpcStatuses.toStatus(problems.of(failure));
    }
}
