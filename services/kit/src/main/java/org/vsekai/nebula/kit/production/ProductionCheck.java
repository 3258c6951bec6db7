package org.vsekai.nebula.kit.production;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.interceptor.Interceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Ends the start of a process whose settings are unsafe, before anything is opened, where {@code nebula.production.enabled} is set. */
@ApplicationScoped
class ProductionCheck {
    private final ProductionConfig config;
    private final Instance<ProductionRule> rules;

    ProductionCheck(ProductionConfig config, @Any Instance<ProductionRule> rules) {
        this.config = config;
        this.rules = rules;
    }

    void check(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        if (config.enabled()) {
            List<Finding> all = new ArrayList<>();
            rules.forEach(rule -> all.addAll(rule.findings()));
            refuse(all, Set.copyOf(config.accepted().orElse(List.of())));
        }
    }

    /** @throws UnsafeForProductionException if anything was found that is not accepted */
    static void refuse(List<Finding> findings, Set<String> accepted) {
        List<Finding> refused = findings.stream()
                .filter(finding -> !accepted.contains(finding.name()))
                .toList();
        if (!refused.isEmpty()) {
            throw new UnsafeForProductionException(refused);
        }
    }
}
