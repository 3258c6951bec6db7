package org.vsekai.nebula.updater.assets;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How to reach asset-store. */
@ConfigMapping(prefix = "nebula.updater.asset-store")
interface AssetStoreConfig {
    /** {@code host:port} of its gRPC server. Environment: {@code NEBULA_ASSET_STORE_GRPC}. */
    String grpc();

    /** A token of role server. Environment: {@code NEBULA_ASSET_STORE_TOKEN}. */
    Optional<String> token();

    /** How long one attempt of a call may take; verification and manifests have their own bounds. */
    @WithDefault("10s")
    Duration timeout();

    /** How long storing a manifest may take, per attempt. */
    @WithDefault("2m")
    Duration manifestTimeout();

    /** How long reading an archive and hashing every chunk may take. */
    @WithDefault("30m")
    Duration verifyTimeout();

    /** Attempts of one call while asset-store is unavailable, the first included. Verification is not repeated. */
    @WithDefault("4")
    int attempts();

    /** The pause before the second attempt; it doubles with each. */
    @WithDefault("100ms")
    Duration initialBackoff();

    /** No pause is longer than this. */
    @WithDefault("2s")
    Duration maxBackoff();
}
