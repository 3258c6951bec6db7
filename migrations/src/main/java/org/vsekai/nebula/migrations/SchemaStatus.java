package org.vsekai.nebula.migrations;

import java.util.Optional;

/**
 * Where a schema stands.
 *
 * @param service the owner
 * @param version the last applied version; empty if none was
 * @param pending how many known migrations are not applied
 */
public record SchemaStatus(ServiceSchema service, Optional<String> version, int pending) {
    public SchemaStatus {
        if (pending < 0) {
            throw new IllegalArgumentException("pending is negative: " + pending);
        }
    }

    @Override
    public String toString() {
        String state = pending == 0 ? "up to date" : pending + " pending";
        return service.schema() + ": version " + version.orElse("none") + ", " + state;
    }
}
