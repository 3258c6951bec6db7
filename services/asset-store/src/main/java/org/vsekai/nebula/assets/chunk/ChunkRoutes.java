package org.vsekai.nebula.assets.chunk;

import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.vsekai.nebula.assets.storage.FileRoutes;

/** GET and HEAD of chunks. */
@ApplicationScoped
class ChunkRoutes {
    void install(@Observes Router router, FileRoutes files, Chunks chunks) {
        files.serve(router, "/chunks/", path -> chunks.find(ChunkName.parse(path)));
    }
}
