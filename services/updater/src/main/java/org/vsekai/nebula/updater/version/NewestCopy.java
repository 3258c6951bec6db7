package org.vsekai.nebula.updater.version;

import java.util.Optional;
import org.infinispan.protostream.annotations.ProtoFactory;
import org.infinispan.protostream.annotations.ProtoField;
import org.infinispan.protostream.annotations.ProtoName;
import org.jspecify.annotations.Nullable;

/** The highest version of a mode that is not passed over, or that there is none, as the shared cache holds it. */
@ProtoName("Newest")
record NewestCopy(@ProtoField(1) @Nullable VersionCopy version) {
    @ProtoFactory
    NewestCopy {}

    static NewestCopy of(Optional<Version> version) {
        return new NewestCopy(version.map(VersionCopy::of).orElse(null));
    }

    Optional<Version> toVersion() {
        return Optional.ofNullable(version).map(VersionCopy::toVersion);
    }
}
