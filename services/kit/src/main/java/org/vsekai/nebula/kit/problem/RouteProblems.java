package org.vsekai.nebula.kit.problem;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jspecify.annotations.Nullable;

/** Answers with a problem document where no REST resource is involved: unknown paths and plain routes. */
@ApplicationScoped
public class RouteProblems {
    private static final int[] STATUSES = {400, 401, 403, 404, 405, 406, 411, 413, 414, 415, 416, 431, 500, 503};

    private final Problems problems;

    RouteProblems(Problems problems) {
        this.problems = problems;
    }

    void install(@Observes Router router) {
        for (int status : STATUSES) {
            router.errorHandler(status, this::failed);
        }
    }

    private void failed(RoutingContext context) {
        @Nullable Throwable failure = context.failure();
        answer(context, failure != null ? failure : new HttpException(Math.max(context.statusCode(), 400)));
    }

    /** Ends a request with the problem document of a failure, unless an answer is already under way. */
    public void answer(RoutingContext context, Throwable failure) {
        HttpServerResponse response = context.response();
        if (response.ended()) {
            return;
        }
        if (response.headWritten()) {
            // The status is gone already; only breaking the connection tells the caller that the body is not whole.
            response.reset();
            return;
        }
        ProblemException problem = problems.of(failure);
        response.headers().remove(HttpHeaders.CONTENT_LENGTH);
        response.setStatusCode(problem.kind().httpStatus()).putHeader(HttpHeaders.CONTENT_TYPE, Problems.MEDIA_TYPE);
        if (problem.kind() == ProblemKind.UNAUTHENTICATED) {
            response.putHeader(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        response.end(Problems.document(problem));
    }
}
