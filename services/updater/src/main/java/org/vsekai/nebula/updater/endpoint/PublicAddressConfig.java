package org.vsekai.nebula.updater.endpoint;

import io.smallrye.config.ConfigMapping;
import java.net.URI;

/** The addresses by which players and publishers reach the services, with http or https. */
@ConfigMapping(prefix = "nebula.updater.public")
interface PublicAddressConfig {
    /** By what launchers and publishers reach updater. Environment: {@code NEBULA_PUBLIC_UPDATER}. */
    URI updater();

    /** By what they reach cdn-registry. Environment: {@code NEBULA_PUBLIC_CDN_REGISTRY}. */
    URI cdnRegistry();

    /** By what they reach asset-store. Environment: {@code NEBULA_PUBLIC_ASSET_STORE}. */
    URI assetStore();
}
