package org.vsekai.nebula.launcher;

import org.jspecify.annotations.Nullable;

/**
 * A failure that a command can end with. The message is written for the person at the terminal: it names what and where, and
 * says what to do if there is something to do. Programs look at {@link #code()} and {@link #exit()}.
 */
public abstract sealed class LauncherException extends RuntimeException
        permits BadAnswerException,
                FolderBusyException,
                FolderException,
                LedgerUnavailableException,
                LocalStorageException,
                NotConfiguredException,
                RefusedException,
                RollbackException,
                UnavailableException,
                VerificationException {
    private static final long serialVersionUID = 1;

    LauncherException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Stable, upper case, for programs. */
    public abstract String code();

    public abstract ExitCode exit();
}
