package org.vsekai.nebula.launcher;

import org.jspecify.annotations.Nullable;

/** A folder cannot be used as a game folder, or what it says about itself cannot be read. */
public final class FolderException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String folder;
    private final String reason;

    public FolderException(String folder, String reason, @Nullable Throwable cause) {
        super(folder + ": " + reason, cause);
        this.folder = folder;
        this.reason = reason;
    }

    public String folder() {
        return folder;
    }

    public String reason() {
        return reason;
    }

    @Override
    public String code() {
        return "FOLDER_UNUSABLE";
    }

    @Override
    public ExitCode exit() {
        return ExitCode.FAILURE;
    }
}
