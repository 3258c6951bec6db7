package org.vsekai.nebula.migrations;

import java.util.Locale;

/** The services that own a schema in the database {@code nebula}. */
public enum ServiceSchema {
    UPDATER,
    CDN_REGISTRY,
    ASSET_STORE,
    ENTITY_SYNC;

    /** The schema, which is also the folder of its migrations. */
    public String schema() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role that the service logs in with. */
    public String role() {
        return "nebula_" + schema();
    }

    /** The environment variable that holds the role's password for {@link Main}. */
    public String passwordVariable() {
        return "NEBULA_DATABASE_" + name() + "_PASSWORD";
    }
}
