package org.vsekai.nebula.assets.manifest;

import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.vsekai.nebula.assets.storage.FileRoutes;

/** GET and HEAD of manifests. */
@ApplicationScoped
class ManifestRoutes {
    void install(@Observes Router router, FileRoutes files, Manifests manifests) {
        files.serve(router, "/manifests/", name -> manifests.find(Manifests.parseName(name)));
    }
}
