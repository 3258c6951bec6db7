package org.vsekai.nebula.launcher;

/** Something that only the user can know is missing. */
public final class NotConfiguredException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String setting;
    private final String advice;

    public NotConfiguredException(String setting, String advice) {
        super(setting + ": " + advice, null);
        this.setting = setting;
        this.advice = advice;
    }

    public String setting() {
        return setting;
    }

    public String advice() {
        return advice;
    }

    @Override
    public String code() {
        return "NOT_CONFIGURED";
    }

    @Override
    public ExitCode exit() {
        return ExitCode.USAGE;
    }
}
