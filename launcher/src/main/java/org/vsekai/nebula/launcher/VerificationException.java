package org.vsekai.nebula.launcher;

import org.jspecify.annotations.Nullable;

/** Content on disk or from the network is not what the version says. */
public final class VerificationException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String what;
    private final String reason;

    public VerificationException(String what, String reason, @Nullable Throwable cause) {
        super(what + ": " + reason, cause);
        this.what = what;
        this.reason = reason;
    }

    public String what() {
        return what;
    }

    public String reason() {
        return reason;
    }

    @Override
    public String code() {
        return "VERIFICATION_FAILED";
    }

    @Override
    public ExitCode exit() {
        return ExitCode.CORRUPT;
    }
}
