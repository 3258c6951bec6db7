package org.vsekai.nebula.updater.version;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.infinispan.protostream.annotations.ProtoFactory;
import org.infinispan.protostream.annotations.ProtoField;
import org.infinispan.protostream.annotations.ProtoName;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/** A version as the shared cache holds it. Its fields' numbers are for ever. Times are microseconds since 1970. */
@ProtoName("Version")
record VersionCopy(
        @ProtoField(1) String id,
        @ProtoField(2) String mode,
        @ProtoField(3) String version,
        @ProtoField(4) boolean skipUpdate,
        @ProtoField(5) String manifestFile,
        @ProtoField(6) String index,
        @ProtoField(7) long archiveBytes,
        @ProtoField(8) long insertedAtMicros,
        @ProtoField(9) long updatedAtMicros,
        @ProtoField(10) long revision) {
    /** @throws IllegalArgumentException if no version can be made of it */
    @ProtoFactory
    VersionCopy {
        if (!new ModeName(mode).text().equals(mode)
                || !new SemanticVersion(version).text().equals(version)
                || !new IndexName(index).text().equals(index)
                || !UUID.fromString(id).toString().equals(id)
                || manifestFile.isEmpty()) {
            throw new IllegalArgumentException("not a version: " + id);
        }
    }

    static VersionCopy of(Version version) {
        return new VersionCopy(
                version.id().toString(),
                version.mode().text(),
                version.version().text(),
                version.skipUpdate(),
                version.manifestFile().text(),
                version.index().text(),
                version.archiveBytes(),
                ChronoUnit.MICROS.between(Instant.EPOCH, version.insertedAt()),
                ChronoUnit.MICROS.between(Instant.EPOCH, version.updatedAt()),
                version.revision());
    }

    Version toVersion() {
        return new Version(
                UUID.fromString(id),
                new ModeName(mode),
                new SemanticVersion(version),
                skipUpdate,
                new AssetReference(manifestFile),
                new IndexName(index),
                archiveBytes,
                Instant.EPOCH.plus(insertedAtMicros, ChronoUnit.MICROS),
                Instant.EPOCH.plus(updatedAtMicros, ChronoUnit.MICROS),
                revision);
    }
}
