package org.vsekai.nebula.updater.version;

import org.jspecify.annotations.Nullable;

/** The body that changes a version. @param skipUpdate absent: stays as it is */
record VersionPatch(@Nullable Boolean skipUpdate) {}
