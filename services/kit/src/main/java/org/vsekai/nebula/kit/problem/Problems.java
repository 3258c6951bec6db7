package org.vsekai.nebula.kit.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.quarkus.arc.All;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.smallrye.mutiny.CompositeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.HttpException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jboss.logging.Logger;
import org.vsekai.nebula.kit.auth.AuthAdvice;

/** Finds the problem that a failure stands for, whatever protocol the caller uses. Thread-safe. */
@ApplicationScoped
public class Problems {
    /** The media type of a problem document, RFC 9457. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final Logger LOG = Logger.getLogger(Problems.class);

    private final List<ProblemTranslator> translators;
    private final AuthAdvice advice;

    Problems(@All List<ProblemTranslator> translators, AuthAdvice advice) {
        this.translators = translators;
        this.advice = advice;
    }

    /** The problem of a failure. One that nobody foresaw is logged and becomes INTERNAL, without its message. */
    public ProblemException of(Throwable thrown) {
        Throwable failure = unwrap(thrown);
        for (ProblemTranslator translator : translators) {
            Optional<ProblemException> translated = translator.translate(failure);
            if (translated.isPresent()) {
                return translated.get();
            }
        }
        return switch (failure) {
            case ProblemException problem -> problem;
            case UnauthorizedException e -> unauthenticated(e);
            case AuthenticationFailedException e -> unauthenticated(e);
            case ForbiddenException e ->
                new ProblemException(ProblemKind.FORBIDDEN, "PERMISSION_DENIED", advice.forbidden(), e);
            case JsonProcessingException e ->
                new ProblemException(
                        ProblemKind.INVALID,
                        "MALFORMED_JSON",
                        "The body is not the JSON that is expected: " + e.getOriginalMessage(),
                        e);
            case WebApplicationException e -> ofHttpStatus(e.getResponse().getStatus(), e);
            case HttpException e -> ofHttpStatus(e.getStatusCode(), e);
            case StatusRuntimeException e -> GrpcStatuses.toProblem(e);
            case StatusException e -> GrpcStatuses.toProblem(e.getStatus().asRuntimeException(e.getTrailers()));
            default -> unforeseen(failure);
        };
    }

    private ProblemException unauthenticated(Throwable cause) {
        return new ProblemException(ProblemKind.UNAUTHENTICATED, "UNAUTHENTICATED", advice.unauthenticated(), cause);
    }

    private static ProblemException unforeseen(Throwable failure) {
        LOG.error("Answering INTERNAL to a caller because of a failure that nothing handles", failure);
        return new ProblemException(ProblemKind.INTERNAL, "INTERNAL", "The service failed. Its log says why.", failure);
    }

    private static ProblemException ofHttpStatus(int status, Throwable cause) {
        if (status >= 500) {
            return unforeseen(cause);
        }
        ProblemKind kind = ProblemKind.ofHttpStatus(status);
        return new ProblemException(
                kind,
                kind.title().toUpperCase(Locale.ROOT).replace(' ', '_'),
                switch (kind) {
                    case NOT_FOUND -> "There is nothing at this path.";
                    case METHOD_NOT_ALLOWED -> "This path does not take this method.";
                    case UNSUPPORTED_MEDIA_TYPE -> "This path does not take a body of this Content-Type.";
                    case CONTENT_TOO_LARGE -> "The body is larger than this path takes.";
                    default -> "The request cannot be understood.";
                },
                cause);
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable failure = thrown;
        while (true) {
            Throwable inner =
                    switch (failure) {
                        case CompletionException e -> e.getCause();
                        case ExecutionException e -> e.getCause();
                        case CompositeException e -> e.getCauses().getFirst();
                        // Quarkus REST wraps what its JSON reader found wrong.
                        case WebApplicationException e ->
                            e.getCause() instanceof JsonProcessingException json ? json : null;
                        default -> null;
                    };
            if (inner == null) {
                return failure;
            }
            failure = inner;
        }
    }

    /** The problem document, as JSON text. */
    public static String document(ProblemException problem) {
        return new JsonObject()
                .put("type", "about:blank")
                .put("title", problem.kind().title())
                .put("status", problem.kind().httpStatus())
                .put("detail", problem.detail())
                .put("code", problem.code())
                .encode();
    }
}
