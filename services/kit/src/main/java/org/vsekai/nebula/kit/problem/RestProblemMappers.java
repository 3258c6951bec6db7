package org.vsekai.nebula.kit.problem;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Answers every failed REST call with a problem document. Quarkus REST prefers the mapper of the closest type, so the
 * types that it brings mappers of its own for are each named here.
 */
class RestProblemMappers {
    private final Problems problems;

    RestProblemMappers(Problems problems) {
        this.problems = problems;
    }

    @ServerExceptionMapper
    Response any(Throwable failure) {
        return answer(failure);
    }

    @ServerExceptionMapper
    Response http(WebApplicationException failure) {
        // A redirect or a "not modified" thrown as an exception is an answer, not a failure.
        return failure.getResponse().getStatus() < 400 ? failure.getResponse() : answer(failure);
    }

    @ServerExceptionMapper
    Response mismatch(MismatchedInputException failure) {
        return answer(failure);
    }

    @ServerExceptionMapper
    Response unauthorized(UnauthorizedException failure) {
        return answer(failure);
    }

    @ServerExceptionMapper
    Response authenticationFailed(AuthenticationFailedException failure) {
        return answer(failure);
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException failure) {
        return answer(failure);
    }

    private Response answer(Throwable failure) {
        ProblemException problem = problems.of(failure);
        Response.ResponseBuilder answer = Response.status(problem.kind().httpStatus())
                .type(Problems.MEDIA_TYPE)
                .entity(Problems.document(problem));
        if (problem.kind() == ProblemKind.UNAUTHENTICATED) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        return answer.build();
    }
}
