package org.vsekai.nebula.assets.storage;

import jakarta.enterprise.context.Dependent;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vsekai.nebula.kit.production.Finding;
import org.vsekai.nebula.kit.production.Hosts;
import org.vsekai.nebula.kit.production.ProductionRule;

/** The store's keys go where its URL leads. */
@Dependent
class StoreRule implements ProductionRule {
    private static final Pattern PLAIN = Pattern.compile("(?:^s3\\+http://|[?&]endpoint=http://)(?:[^/@]*@)?([^/:&]+)");

    private final StoreConfig config;

    StoreRule(StoreConfig config) {
        this.config = config;
    }

    @Override
    public List<Finding> findings() {
        Matcher plain = PLAIN.matcher(config.storeUrl().toString());
        return plain.find() && !Hosts.isLoopback(plain.group(1))
                ? List.of(new Finding(
                        "plain-store",
                        "NEBULA_STORE_URL leads to " + plain.group(1) + " in plain text. Use an https endpoint"))
                : List.of();
    }
}
