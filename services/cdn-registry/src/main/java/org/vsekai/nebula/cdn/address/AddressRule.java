package org.vsekai.nebula.cdn.address;

import jakarta.enterprise.context.Dependent;
import java.util.List;
import org.vsekai.nebula.kit.production.Finding;
import org.vsekai.nebula.kit.production.ProductionRule;

/** Who may register CDNs must not reach what only this machine should. */
@Dependent
class AddressRule implements ProductionRule {
    private final AddressConfig config;

    AddressRule(AddressConfig config) {
        this.config = config;
    }

    @Override
    public List<Finding> findings() {
        return config.allowLoopback()
                ? List.of(new Finding(
                        "loopback-cdns",
                        "NEBULA_CDN_ALLOW_LOOPBACK is true: an operator's CDN can be any program of this machine"))
                : List.of();
    }
}
