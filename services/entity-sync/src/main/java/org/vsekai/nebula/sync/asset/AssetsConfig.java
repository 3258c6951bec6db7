package org.vsekai.nebula.sync.asset;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How assets that entities name are held. */
@ConfigMapping(prefix = "nebula.zones.assets")
interface AssetsConfig {
    /** {@code host:port} of asset-store's gRPC server; without it, or without a database, no asset is held. Environment: {@code NEBULA_ASSET_STORE_GRPC}. */
    @WithDefault("${NEBULA_ASSET_STORE_GRPC:}")
    Optional<String> grpc();

    /** A token of role server. Environment: {@code NEBULA_ASSET_STORE_TOKEN}. */
    @WithDefault("${NEBULA_ASSET_STORE_TOKEN:}")
    Optional<String> token();

    /** From the end of one look at a zone's entities to the next. */
    @WithDefault("5s")
    Duration interval();

    /** How long a call to asset-store may take, and a transaction. */
    @WithDefault("10s")
    Duration timeout();

    /** Assets of a zone that are held, at most. */
    @WithDefault("10000")
    int most();
}
