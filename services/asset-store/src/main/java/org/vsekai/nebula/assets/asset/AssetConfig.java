package org.vsekai.nebula.assets.asset;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How assets are taken and given. */
@ConfigMapping(prefix = "nebula.assets")
public interface AssetConfig {
    /** The largest asset; {@code quarkus.http.limits.max-body-size} must allow as much. */
    @WithDefault("64G")
    MemorySize maxSize();

    /** Assets that are taken at a time; each holds up to 64 chunks in memory, 16 MiB at the default chunk sizes. */
    @WithDefault("8")
    int maxConcurrentWrites();

    /** Chunks of one asset that are compressed and written at a time. */
    @WithDefault("4")
    int writeConcurrency();

    /** Chunks that one download reads ahead of what its caller has taken. */
    @WithDefault("4")
    int readAhead();

    /** Downloads that are served at a time; one more waits its turn for {@code nebula.asset-store.max-wait}. */
    @WithDefault("256")
    int maxConcurrentReads();

    /** How long a download waits for its caller to take bytes. */
    @WithDefault("60s")
    Duration callerStall();

    /** Memory for the indexes of assets that were read lately. */
    @WithDefault("64M")
    MemorySize rememberedIndexes();

    /** References that one asset may have. */
    @WithDefault("100000")
    long maxReferences();
}
