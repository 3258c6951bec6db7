package org.vsekai.nebula.assets.index;

import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.vsekai.nebula.assets.storage.FileRoutes;

/** GET and HEAD of indexes. */
@ApplicationScoped
class IndexRoutes {
    void install(@Observes Router router, FileRoutes files, Indexes indexes) {
        files.serve(router, "/indexes/", name -> indexes.find(Indexes.parseName(name)));
    }
}
