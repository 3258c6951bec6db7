package org.vsekai.nebula.sync.temporary;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Bounds of what game servers may put into the shared cache. */
@ConfigMapping(prefix = "nebula.entity-sync.temporary")
interface TemporaryConfig {
    /** Greatest value. A REST body has to hold it in base64, and may be 64 KiB. */
    @WithDefault("32K")
    MemorySize maxValueSize();

    /** What all entries may take up of each cache node's memory; beyond it the least used go. */
    @WithDefault("64M")
    MemorySize nodeSize();

    /** Of an entry that is put without one. */
    @WithDefault("1m")
    Duration defaultTimeToLive();

    /** The longest that an entry may be put for. */
    @WithDefault("24h")
    Duration maxTimeToLive();

    /** How long a call waits for the cache. */
    @WithDefault("1s")
    Duration patience();
}
