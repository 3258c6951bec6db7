package org.vsekai.nebula.launcher.manifest;

import java.util.Locale;

/** Whether two names that differ only in case are one file here. */
final class CaseFolding {
    /** True on systems whose usual file systems ignore case. */
    static final boolean FOLDS = System.getProperty("os.name").startsWith("Windows")
            || System.getProperty("os.name").startsWith("Mac");

    private CaseFolding() {}

    static String fold(String path) {
        return path.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
