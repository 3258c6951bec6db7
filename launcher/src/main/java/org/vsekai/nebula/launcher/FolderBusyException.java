package org.vsekai.nebula.launcher;

/** Another launcher works on the folder. */
public final class FolderBusyException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String folder;

    public FolderBusyException(String folder) {
        super(folder + ": another launcher works on this folder; wait until it has finished", null);
        this.folder = folder;
    }

    public String folder() {
        return folder;
    }

    @Override
    public String code() {
        return "FOLDER_BUSY";
    }

    @Override
    public ExitCode exit() {
        return ExitCode.BUSY;
    }
}
