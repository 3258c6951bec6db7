package org.vsekai.nebula.assets.collect;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How garbage is collected and the store verified. */
@ConfigMapping(prefix = "nebula.collect")
public interface CollectConfig {
    /** What is unneeded for less long than this stays; a run may ask for another time. */
    @WithDefault("24h")
    Duration grace();

    /** A collection that deletes is started so long after the one before; without it only operators start one. */
    Optional<Duration> interval();

    /** How often an instance looks for a run that has nobody to carry it on. */
    @WithDefault("15s")
    Duration wakeInterval();

    /** By how much the clocks of instances may differ. */
    @WithDefault("5m")
    Duration clockSkew();

    /** Chunks that are condemned and deleted together. */
    @WithDefault("1024")
    int batch();

    /** Chunks that are deleted, or read and verified, at a time. */
    @WithDefault("8")
    int concurrency();

    /** The most chunks that may be needed; each takes 8 bytes of memory while a run lasts, 20 while the table grows. */
    @WithDefault("50000000")
    int maxMarkedChunks();

    /** Damaged and missing chunks that a run's report names; the figures count them all. */
    @WithDefault("100")
    int maxReportLines();
}
