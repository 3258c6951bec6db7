package org.vsekai.nebula.launcher.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.MalformedIndexException;
import org.vsekai.nebula.casync.MalformedPackException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.UnsafePathException;
import org.vsekai.nebula.launcher.ExitCode;
import org.vsekai.nebula.launcher.LauncherException;

/** Turns what a command throws into what a person and a program are told. */
public final class Failures {
    private Failures() {}

    /**
     * @param code stable, upper case
     * @param message names what and where
     */
    public record Failure(String code, String message, ExitCode exit) {}

    public static Failure of(Throwable thrown) {
        return switch (thrown) {
            case LauncherException e -> new Failure(e.code(), text(e), e.exit());
            case CasyncException e -> new Failure(e.code(), text(e), exit(e));
            case UncheckedIOException e -> of(e.getCause() == null ? new IOException(e) : e.getCause());
            case FileSystemException e ->
                new Failure("LOCAL_STORAGE", e.getFile() + ": " + reason(e), ExitCode.LOCAL_IO);
            case IOException e -> new Failure("LOCAL_STORAGE", text(e), ExitCode.LOCAL_IO);
            default -> new Failure("INTERNAL", "internal error: " + thrown, ExitCode.FAILURE);
        };
    }

    private static ExitCode exit(CasyncException failure) {
        return switch (failure) {
            case StoreUnavailableException e -> ExitCode.UNAVAILABLE;
            case MalformedIndexException e -> ExitCode.CORRUPT;
            case MalformedPackException e -> ExitCode.CORRUPT;
            case MalformedArchiveException e -> ExitCode.CORRUPT;
            case ChunkMissingException e -> ExitCode.CORRUPT;
            case ChunkCorruptException e -> ExitCode.CORRUPT;
            case UnsafePathException e -> ExitCode.CORRUPT;
            case InputChangedException e -> ExitCode.FAILURE;
        };
    }

    private static String reason(FileSystemException e) {
        String reason = e.getReason();
        if (reason != null) {
            return reason;
        }
        return switch (e) {
            case java.nio.file.NoSuchFileException missing -> "no such file or folder";
            case java.nio.file.AccessDeniedException denied -> "permission denied";
            case java.nio.file.FileAlreadyExistsException there -> "exists already";
            case java.nio.file.NotDirectoryException other -> "is not a folder";
            case java.nio.file.DirectoryNotEmptyException full -> "the folder is not empty";
            default -> e.getClass().getSimpleName();
        };
    }

    private static String text(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }
}
