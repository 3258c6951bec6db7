package org.vsekai.nebula.launcher;

/** A server understood the request and refused it. */
public final class RefusedException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String url;
    private final int status;
    private final String code;
    private final String detail;

    public RefusedException(String url, int status, String code, String detail) {
        super(url + ": refused with " + status + " " + code + ": " + detail, null);
        this.url = url;
        this.status = status;
        this.code = code;
        this.detail = detail;
    }

    public String url() {
        return url;
    }

    public int status() {
        return status;
    }

    public String detail() {
        return detail;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public ExitCode exit() {
        return ExitCode.REFUSED;
    }
}
