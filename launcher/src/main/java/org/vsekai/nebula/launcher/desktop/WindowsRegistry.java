package org.vsekai.nebula.launcher.desktop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keys below {@code HKEY_CURRENT_USER}, so that no administrator is needed: the scheme as the shell expects it of a URL protocol,
 * and what is installed where. They are written as a registration file (format 5.00, UTF-16) which {@code reg.exe} imports.
 */
final class WindowsRegistry implements DesktopRegistration {
    private static final String CLASSES = "HKEY_CURRENT_USER\\Software\\Classes\\" + SCHEME;
    private static final String GAMES = "HKEY_CURRENT_USER\\Software\\V-Sekai\\Launcher\\";
    private static final long IMPORT_SECONDS = 30;

    /** Brings a registration file into the registry. */
    @FunctionalInterface
    interface Importer {
        void run(Path registrationFile) throws IOException;
    }

    private final Path temporary;
    private final Importer importer;

    WindowsRegistry(Path temporary, Importer importer) {
        this.temporary = temporary;
        this.importer = importer;
    }

    @Override
    public List<Path> register(InstalledGame game) throws IOException {
        String text = registrationText(game);
        Path file = Files.createTempFile(temporary, "vsekai-", ".reg");
        try {
            Files.write(file, ("\ufeff" + text).getBytes(StandardCharsets.UTF_16LE));
            importer.run(file);
        } finally {
            Files.delete(file);
        }
        return List.of();
    }

    static String registrationText(InstalledGame game) throws UnwritableNameException {
        StringBuilder command = new StringBuilder();
        for (String argument : game.command()) {
            // The shell replaces %1, %* and their like wherever they stand, and has no escape for them.
            if (argument.indexOf('%') >= 0 || argument.indexOf('"') >= 0) {
                throw new UnwritableNameException(argument, "a shell command of the registry");
            }
            command.append('"').append(argument).append("\" ");
        }
        String program = game.command().getFirst();
        return String.join(
                "\r\n",
                "Windows Registry Editor Version 5.00",
                "",
                "[" + CLASSES + "]",
                "@=" + string("URL:V-Sekai"),
                "\"URL Protocol\"=\"\"",
                "",
                "[" + CLASSES + "\\DefaultIcon]",
                "@=" + string("\"" + program + "\",0"),
                "",
                "[" + CLASSES + "\\shell\\open\\command]",
                "@=" + string(command + "\"%1\""),
                "",
                "[" + GAMES + game.id() + "]",
                "\"DisplayName\"=" + string(game.title()),
                "\"InstallLocation\"=" + string(game.root().toString()),
                "\"Mode\"=" + string(game.mode()),
                "\"Version\"=" + string(game.version()),
                "",
                "");
    }

    private static String string(String value) throws UnwritableNameException {
        if (value.chars().anyMatch(c -> c < 0x20)) {
            throw new UnwritableNameException(value, "the registry");
        }
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    static void importFile(Path file) throws IOException {
        Process process = new ProcessBuilder("reg.exe", "import", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(IMPORT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("reg.exe import did not end within " + IMPORT_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("reg.exe import was interrupted", e);
        }
        if (process.exitValue() != 0) {
            throw new IOException("reg.exe import failed with exit code " + process.exitValue());
        }
    }
}
