package org.vsekai.nebula.kit.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcStatusesTest {
    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void codeAndDetailSurviveTheWayThroughAStatus(ProblemKind kind) {
        StatusRuntimeException status = GrpcStatuses.toStatus(new ProblemException(kind, "SOME_CODE", "some detail"));
        ProblemException back = GrpcStatuses.toProblem(status);

        assertThat(status.getStatus().getCode()).isEqualTo(kind.grpcCode());
        assertThat(GrpcStatuses.findReason(status)).contains("SOME_CODE");
        assertThat(back.code()).isEqualTo("SOME_CODE");
        assertThat(back.detail()).isEqualTo("some detail");
        assertThat(back.kind().grpcCode().value()).isEqualTo(kind.grpcCode().value());
    }

    @Test
    void statusOfAStrangerHasNoReasonAndItsCodeAsCode() {
        StatusRuntimeException status =
                Status.UNAVAILABLE.withDescription("connection refused").asRuntimeException();

        assertThat(GrpcStatuses.findReason(status)).isEmpty();
        assertThat(GrpcStatuses.toProblem(status).code()).isEqualTo("UNAVAILABLE");
        assertThat(GrpcStatuses.toProblem(status).kind()).isEqualTo(ProblemKind.UNAVAILABLE);
    }
}
