package org.vsekai.nebula.stack;

import java.nio.file.Path;
import java.util.Locale;
import org.vsekai.nebula.migrations.ServiceSchema;

/** The services of the stack, in the order of their ports. */
public enum Service {
    UPDATER(ServiceSchema.UPDATER),
    CDN_REGISTRY(ServiceSchema.CDN_REGISTRY),
    ASSET_STORE(ServiceSchema.ASSET_STORE),
    /** The last: the ports of its replicas follow. */
    ENTITY_SYNC(ServiceSchema.ENTITY_SYNC);

    private final ServiceSchema schema;

    Service(ServiceSchema schema) {
        this.schema = schema;
    }

    /** The service's name as its folder, its log and the user know it. */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it keeps in the database. */
    ServiceSchema schema() {
        return schema;
    }

    /** The packaged service below the project's folder. */
    Path jar(Path home) {
        return home.resolve("services").resolve(title()).resolve("target/quarkus-app/quarkus-run.jar");
    }
}
