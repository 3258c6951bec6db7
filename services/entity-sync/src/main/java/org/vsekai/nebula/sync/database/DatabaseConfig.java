package org.vsekai.nebula.sync.database;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How zones are kept in the database, where one is configured. */
@ConfigMapping(prefix = "nebula.zones.database")
interface DatabaseConfig {
    /** From the beginning of a flush to the next one's. What has changed is in the database two of these and a flush later. */
    @WithDefault("1s")
    Duration interval();

    /** Rows of one transaction, at most; fewer where the world's components are large. */
    @WithDefault("500")
    int rows();

    /** Rows that are read at a time while a zone is loaded, at most. */
    @WithDefault("1000")
    int loadedRows();

    /** How long a transaction may take, and each page of rows while a zone is loaded. */
    @WithDefault("10s")
    Duration patience();

    /** Pauses between flushes that fail double up to this. */
    @WithDefault("2s")
    Duration longestPause();

    /** How long a deleted entity's row is kept, so that nothing older brings the entity back: longer than the memory tier keeps rounds. */
    @WithDefault("48h")
    Duration keepDeleted();
}
