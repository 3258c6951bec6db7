package org.vsekai.nebula.kit.schema;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The schema that a service works on. */
@ConfigMapping(prefix = "nebula.schema")
interface SchemaConfig {
    /** Name of the service's schema in the database, for example {@code updater}. */
    String name();

    /** The version of the last migration that the code was written for. */
    String expected();

    /** How long the database may take to answer the check. */
    @WithDefault("3s")
    Duration timeout();
}
