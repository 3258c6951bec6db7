package org.vsekai.nebula.assets.pack;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.storage.FileRoutes;
import org.vsekai.nebula.casync.pack.PackListing;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.RouteProblems;

/** GET and HEAD of packs, pack indexes and the list of an index's packs. */
@ApplicationScoped
class PackRoutes {
    private static final String PREFIX = "/packs/";
    private static final String LIST = ".json";

    private final Packs packs;
    private final PackConfig config;
    private final RouteProblems problems;

    PackRoutes(Packs packs, PackConfig config, RouteProblems problems) {
        this.packs = packs;
        this.config = config;
        this.problems = problems;
    }

    void install(@Observes Router router, FileRoutes files, PackFiles packFiles) {
        router.routeWithRegex("/packs/[^/]+\\.json")
                .order(FileRoutes.ORDER - 1) // before the files of the same folder
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(this::list);
        files.serve(router, PREFIX, packFiles::find);
    }

    private void list(RoutingContext context) {
        String path = context.normalizedPath();
        try {
            String index = path.substring(PREFIX.length(), path.length() - LIST.length());
            packs.find(Indexes.parseName(index))
                    .subscribe()
                    .with(found -> answer(context, found), failure -> problems.answer(context, failure));
        } catch (ProblemException e) {
            problems.answer(context, e);
        }
    }

    private void answer(RoutingContext context, Optional<PackListing> found) {
        HttpServerResponse response = context.response();
        response.putHeader(
                HttpHeaderNames.CACHE_CONTROL,
                "public, max-age=" + config.listMaxAge().toSeconds());
        if (found.isEmpty()) {
            problems.answer(
                    context, ProblemException.notFound("NOT_FOUND", "There are no packs of this index, or none yet."));
            return;
        }
        byte[] body = found.get().toJson().getBytes(StandardCharsets.UTF_8);
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
        if (context.request().method() == HttpMethod.HEAD) {
            response.end();
        } else {
            response.end(Buffer.buffer(body));
        }
    }
}
