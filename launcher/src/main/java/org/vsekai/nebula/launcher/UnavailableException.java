package org.vsekai.nebula.launcher;

import org.jspecify.annotations.Nullable;

/** A server cannot be reached, is too slow, or says that it cannot serve now. */
public final class UnavailableException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String url;
    private final String reason;
    private final String problem;

    public UnavailableException(String url, String reason, @Nullable Throwable cause) {
        this(url, reason, "", cause);
    }

    /** @param problem the code by which the server calls it; empty if it said nothing */
    public UnavailableException(String url, String reason, String problem, @Nullable Throwable cause) {
        super(url + ": " + reason + ". Check the connection and try again; what was fetched is kept.", cause);
        this.url = url;
        this.reason = reason;
        this.problem = problem;
    }

    public String url() {
        return url;
    }

    public String reason() {
        return reason;
    }

    /** What the server calls it; empty if it said nothing. */
    public String problem() {
        return problem;
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
