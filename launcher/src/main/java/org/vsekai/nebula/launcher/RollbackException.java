package org.vsekai.nebula.launcher;

/** A server offered a lower version of the same mode than the one installed. */
public final class RollbackException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String url;
    private final String mode;
    private final String installed;
    private final String offered;

    public RollbackException(String url, String mode, String installed, String offered) {
        super(
                url + ": offers " + mode + " " + offered + " although " + installed
                        + " is installed; a mode never goes back, so nothing was changed",
                null);
        this.url = url;
        this.mode = mode;
        this.installed = installed;
        this.offered = offered;
    }

    public String url() {
        return url;
    }

    public String mode() {
        return mode;
    }

    public String installed() {
        return installed;
    }

    public String offered() {
        return offered;
    }

    @Override
    public String code() {
        return "ROLLBACK_REFUSED";
    }

    @Override
    public ExitCode exit() {
        return ExitCode.CORRUPT;
    }
}
