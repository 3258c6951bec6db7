package org.vsekai.nebula.updater.mode;

import org.jspecify.annotations.Nullable;

/** The body that creates a mode. @param isActive absent: true */
record NewMode(
        @Nullable String name,
        @Nullable Boolean isActive,
        @Nullable String updateTo) {}
