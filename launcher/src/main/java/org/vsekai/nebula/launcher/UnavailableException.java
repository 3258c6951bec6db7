package org.vsekai.nebula.launcher;

import org.jspecify.annotations.Nullable;

/** A server cannot be reached, is too slow, or says that it cannot serve now. */
public final class UnavailableException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String url;
    private final String reason;

    public UnavailableException(String url, String reason, @Nullable Throwable cause) {
        super(url + ": " + reason + ". Check the connection and try again; what was fetched is kept.", cause);
        this.url = url;
        this.reason = reason;
    }

    public String url() {
        return url;
    }

    public String reason() {
        return reason;
    }

    @Override
    public String code() {
        return "UNAVAILABLE";
    }

    @Override
    public ExitCode exit() {
        return ExitCode.UNAVAILABLE;
    }
}
