package org.vsekai.nebula.updater.version;

import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.endpoint.PublicAddresses;

/** A version as REST shows it. */
record VersionView(
        UUID id,
        String mode,
        String version,
        boolean skipUpdate,
        URI manifestFileUri,
        URI indexUri,
        long archiveBytes,
        Instant insertedAt,
        Instant updatedAt) {
    static VersionView of(Version version, PublicAddresses addresses) {
        return new VersionView(
                version.id(),
                version.mode().text(),
                version.version().text(),
                version.skipUpdate(),
                addresses.resolve(version.manifestFile()),
                addresses.resolve(AssetReference.to(version.index())),
                version.archiveBytes(),
                version.insertedAt(),
                version.updatedAt());
    }
}
