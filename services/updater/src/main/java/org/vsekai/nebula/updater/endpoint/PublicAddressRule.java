package org.vsekai.nebula.updater.endpoint;

import jakarta.enterprise.context.Dependent;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.vsekai.nebula.kit.production.Finding;
import org.vsekai.nebula.kit.production.Hosts;
import org.vsekai.nebula.kit.production.ProductionRule;

/** Players of all the world go where these addresses lead. */
@Dependent
class PublicAddressRule implements ProductionRule {
    private final PublicAddressConfig config;

    PublicAddressRule(PublicAddressConfig config) {
        this.config = config;
    }

    @Override
    public List<Finding> findings() {
        return Stream.of(config.updater(), config.cdnRegistry(), config.assetStore())
                .flatMap(address -> finding(address).stream())
                .toList();
    }

    private static List<Finding> finding(URI address) {
        if (Hosts.isLoopback(address.getHost())) {
            return List.of(
                    new Finding(
                            "loopback-address",
                            "launchers are told " + address
                                    + ", which is their own machine. Set NEBULA_PUBLIC_UPDATER, _CDN_REGISTRY and _ASSET_STORE"));
        }
        if (!"https".equals(address.getScheme())) {
            return List.of(new Finding(
                    "plain-address",
                    "launchers are told " + address
                            + ", where anybody on the way can change what they are answered. Use https"));
        }
        return List.of();
    }
}
