package org.vsekai.nebula.launcher;

import org.jspecify.annotations.Nullable;

/** A server answered with something that it must not answer: too large, malformed, or not what was asked for. */
public final class BadAnswerException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String url;
    private final String reason;

    public BadAnswerException(String url, String reason, @Nullable Throwable cause) {
        super(url + ": " + reason, cause);
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
        return "BAD_ANSWER";
    }

    @Override
    public ExitCode exit() {
        return ExitCode.CORRUPT;
    }
}
