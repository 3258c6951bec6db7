package org.vsekai.nebula.updater.version;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Bounds on the creation of versions. */
@ConfigMapping(prefix = "nebula.updater.publish")
interface PublishConfig {
    /** Versions in the making at a time; each may hold its manifest in memory. Others are refused for the moment. */
    @WithDefault("4")
    int maxConcurrent();

    /** Most files, folders and links of a version. The manifest's schema has the same bound. */
    @WithDefault("1000000")
    long maxNodes();

    /** Greatest manifest, bytes. Asset-store takes no greater one. */
    @WithDefault("67108864")
    int maxManifestBytes();

    /** From the pin to the manifest: how long it may take before the version is given up. */
    @WithDefault("45m")
    Duration deadline();

    /** Highest versions of a mode that are packed, each with deltas from as many before it; 0 for no packs, at most 10. */
    @WithDefault("3")
    int packedVersions();
}
