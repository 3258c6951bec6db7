package org.vsekai.nebula.launcher;

import org.jspecify.annotations.Nullable;

/** The local disk refused to read or write: full, read-only, not permitted. */
public final class LocalStorageException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String path;
    private final String reason;

    public LocalStorageException(String path, String reason, @Nullable Throwable cause) {
        super(path + ": " + reason, cause);
        this.path = path;
        this.reason = reason;
    }

    public String path() {
        return path;
    }

    public String reason() {
        return reason;
    }

    @Override
    public String code() {
        return "LOCAL_STORAGE";
    }

    @Override
    public ExitCode exit() {
        return ExitCode.LOCAL_IO;
    }
}
