package org.vsekai.nebula.assets.storage;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.RouteProblems;
import org.vsekai.nebula.kit.revision.EntityTags;

/**
 * Sends stored files to anybody who asks, straight from the page cache.
 *
 * <p>These are plain routes and not REST resources, because they carry nearly all the traffic. A file never changes under
 * its name, so everything on the way may keep it for ever.
 */
@ApplicationScoped
public class FileRoutes {
    private static final String IMMUTABLE = "public, max-age=31536000, immutable";

    private final Vertx vertx;
    private final RouteProblems problems;

    FileRoutes(Vertx vertx, RouteProblems problems) {
        this.vertx = vertx;
        this.problems = problems;
    }

    /**
     * Answers GET and HEAD of everything below a path.
     *
     * @param prefix ends with a slash
     * @param find the file of the path that follows the prefix; called where blocking is allowed; empty is answered with
     *     404, a {@link ProblemException} with its problem
     */
    public void serve(Router router, String prefix, Function<String, Optional<StoredFile>> find) {
        router.route(prefix + "*")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(context -> vertx.executeBlocking(
                                () -> find.apply(context.normalizedPath().substring(prefix.length())), false)
                        .onFailure(failure -> problems.answer(context, failure))
                        .onSuccess(found -> found.ifPresentOrElse(
                                file -> send(context, file),
                                () -> problems.answer(
                                        context,
                                        ProblemException.notFound(
                                                "NOT_FOUND",
                                                "The store does not hold " + context.normalizedPath() + ".")))));
    }

    private void send(RoutingContext context, StoredFile file) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        String tag = EntityTags.ofHex(file.sha256());
        response.putHeader(HttpHeaderNames.ETAG, tag)
                .putHeader(HttpHeaderNames.CACHE_CONTROL, IMMUTABLE)
                .putHeader(HttpHeaderNames.ACCEPT_RANGES, "bytes");
        if (EntityTags.isNotModified(request.getHeader(HttpHeaderNames.IF_NONE_MATCH), tag)) {
            response.setStatusCode(304).end();
            return;
        }
        ByteRange part = new ByteRange(0, file.size() - 1);
        try {
            Optional<ByteRange> range = range(request, file, tag);
            if (range.isPresent()) {
                part = range.get();
                response.setStatusCode(206)
                        .putHeader(
                                HttpHeaderNames.CONTENT_RANGE,
                                "bytes " + part.first() + "-" + part.last() + "/" + file.size());
            }
        } catch (ByteRange.UnsatisfiableException e) {
            response.setStatusCode(416)
                    .putHeader(HttpHeaderNames.CONTENT_RANGE, "bytes */" + file.size())
                    .end();
            return;
        }
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, file.contentType())
                .putHeader(HttpHeaderNames.CONTENT_LENGTH, Long.toString(part.length()));
        if (request.method() == HttpMethod.HEAD || part.length() == 0) {
            response.end();
        } else {
            response.sendFile(file.path().toString(), part.first(), part.length())
                    .onFailure(failure -> problems.answer(context, failure));
        }
    }

    private static Optional<ByteRange> range(HttpServerRequest request, StoredFile file, String tag)
            throws ByteRange.UnsatisfiableException {
        @Nullable String range = request.getHeader(HttpHeaderNames.RANGE);
        @Nullable String condition = request.getHeader(HttpHeaderNames.IF_RANGE);
        // RFC 9110, 14.2: Range means something to GET only; 13.1.5: another If-Range asks for the whole file.
        if (range == null || request.method() != HttpMethod.GET || (condition != null && !condition.equals(tag))) {
            return Optional.empty();
        }
        return ByteRange.parse(range, file.size());
    }
}
