package org.vsekai.nebula.updater.version;

import org.jspecify.annotations.Nullable;

/** The body that creates a version. @param index name of an index in asset-store @param skipUpdate absent: false */
record NewVersion(
        @Nullable String version,
        @Nullable String index,
        @Nullable Boolean skipUpdate) {}
