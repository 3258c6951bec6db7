package org.vsekai.nebula.assets.storage;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.problem.RouteProblems;
import org.vsekai.nebula.kit.revision.EntityTags;
import org.vsekai.nebula.stores.ObjectMissingException;

/**
 * Sends stored files to anybody who asks: small ones from memory, larger ones straight from the page cache.
 *
 * <p>These are plain routes and not REST resources, because they carry nearly all the traffic. A file never changes under
 * its name, so everything on the way may keep it for ever. Conditions and ranges are those of RFC 9110: entity tags decide;
 * nothing has a modification date, so If-Modified-Since, If-Unmodified-Since and dates in If-Range are as if absent.
 */
@ApplicationScoped
public class FileRoutes {
    private static final String IMMUTABLE = "public, max-age=31536000, immutable";

    /** Behind the access log and the limits on bodies, ahead of authentication, which has nothing to decide here. */
    public static final int ORDER = -1000;

    private final Vertx vertx;
    private final RouteProblems problems;
    private final RecentFiles recent;
    private final HttpDate date;
    private final RemoteFiles remote;

    FileRoutes(Vertx vertx, RouteProblems problems, RecentFiles recent, HttpDate date, RemoteFiles remote) {
        this.remote = remote;
        this.vertx = vertx;
        this.problems = problems;
        this.recent = recent;
        this.date = date;
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
                .order(ORDER)
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(context -> {
                    String path = context.normalizedPath();
                    RecentFiles.@Nullable Entry known = recent.find(path);
                    if (known != null) {
                        send(context, known);
                        return;
                    }
                    vertx.executeBlocking(() -> read(path, find.apply(path.substring(prefix.length()))), false)
                            .onFailure(failure -> problems.answer(context, failure))
                            .onSuccess(found -> found.ifPresentOrElse(
                                    file -> send(context, file), () -> problems.answer(context, notFound(path))));
                });
    }

    private Optional<RecentFiles.Entry> read(String path, Optional<StoredFile> found) {
        try {
            return found.isEmpty() ? Optional.empty() : Optional.of(recent.read(path, found.get()));
        } catch (NoSuchFileException | ObjectMissingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StoreUnavailableException(path, e.toString(), e);
        }
    }

    private static ProblemException notFound(String path) {
        return ProblemException.notFound("NOT_FOUND", "The store does not hold " + path + ".");
    }

    private void send(RoutingContext context, RecentFiles.Entry entry) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        StoredFile file = entry.file();
        String tag = EntityTags.ofHex(file.sha256());
        @Nullable String required = header(request, HttpHeaderNames.IF_MATCH);
        if (required != null && !EntityTags.isMatch(required, tag)) {
            problems.answer(
                    context,
                    new ProblemException(
                            ProblemKind.REVISION_MISMATCH, "REVISION_MISMATCH", "The file's ETag is " + tag + "."));
            return;
        }
        response.putHeader(HttpHeaderNames.DATE, date.text())
                .putHeader(HttpHeaderNames.ETAG, tag)
                .putHeader(HttpHeaderNames.ACCEPT_RANGES, "bytes");
        ByteRange part = new ByteRange(0, file.size() - 1);
        try {
            if (EntityTags.isNotModified(header(request, HttpHeaderNames.IF_NONE_MATCH), tag)) {
                response.putHeader(HttpHeaderNames.CACHE_CONTROL, IMMUTABLE)
                        .setStatusCode(304)
                        .end();
                return;
            }
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
        response.putHeader(HttpHeaderNames.CACHE_CONTROL, IMMUTABLE)
                .putHeader(HttpHeaderNames.CONTENT_TYPE, file.contentType())
                .putHeader(HttpHeaderNames.CONTENT_LENGTH, Long.toString(part.length()));
        if (request.method() == HttpMethod.HEAD || part.length() == 0) {
            response.end();
        } else {
            sendBody(context, entry, part);
        }
    }

    private void sendBody(RoutingContext context, RecentFiles.Entry entry, ByteRange part) {
        HttpServerResponse response = context.response();
        StoredFile file = entry.file();
        @Nullable Buffer content = entry.content();
        if (content != null) {
            response.end(content.slice((int) part.first(), (int) part.last() + 1));
            return;
        }
        if (file.file() == null) {
            remote.send(context, file, part);
            return;
        }
        response.sendFile(file.file().toString(), part.first(), part.length()).onFailure(failure -> {
            if (!response.headWritten()) {
                // What stands there is about the file, and would let a cache keep the problem for a year.
                response.headers().clear();
            }
            problems.answer(
                    context, failure instanceof FileNotFoundException ? notFound(context.normalizedPath()) : failure);
        });
    }

    private static Optional<ByteRange> range(HttpServerRequest request, StoredFile file, String tag)
            throws ByteRange.UnsatisfiableException {
        // RFC 9110, 14.2: Range means something to GET only.
        @Nullable String range = request.method() == HttpMethod.GET ? header(request, HttpHeaderNames.RANGE) : null;
        if (range == null) {
            return Optional.empty();
        }
        // 13.1.5: another If-Range asks for the whole file.
        @Nullable String condition = header(request, HttpHeaderNames.IF_RANGE);
        return condition == null || condition.equals(tag) ? ByteRange.parse(range, file.size()) : Optional.empty();
    }

    /** A header's value; of several lines, which RFC 9110, 5.3, makes one list, all. */
    private static @Nullable String header(HttpServerRequest request, CharSequence name) {
        @Nullable String first = request.getHeader(name);
        return first == null ? null : String.join(",", request.headers().getAll(name));
    }
}
