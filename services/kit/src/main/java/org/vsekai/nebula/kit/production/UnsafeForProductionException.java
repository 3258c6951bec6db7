package org.vsekai.nebula.kit.production;

import java.util.List;
import java.util.stream.Collectors;

/** The process does not start, as its settings are unsafe in production. */
final class UnsafeForProductionException extends RuntimeException {
    UnsafeForProductionException(List<Finding> findings) {
        super("Refusing to start in production (NEBULA_PRODUCTION) with these settings:\n"
                + findings.stream()
                        .map(finding -> "  " + finding.name() + ": " + finding.text())
                        .collect(Collectors.joining("\n"))
                + "\nWhat is meant to be so is accepted by its name in nebula.production.accepted.");
    }
}
