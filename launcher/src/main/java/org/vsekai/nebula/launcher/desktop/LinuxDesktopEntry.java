package org.vsekai.nebula.launcher.desktop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.vsekai.nebula.casync.durable.DurableFiles;

/**
 * A desktop entry by the freedesktop.org Desktop Entry Specification 1.5, and the default application for the scheme by the MIME
 * Applications Associations Specification 1.0.1.
 */
final class LinuxDesktopEntry implements DesktopRegistration {
    private static final String DEFAULTS = "[Default Applications]";
    private static final String MIME_TYPE = "x-scheme-handler/" + SCHEME;
    private static final long LIST_LIMIT = 1 << 20;

    private final Path applications;

    /** @param data {@code XDG_DATA_HOME} */
    LinuxDesktopEntry(Path data) {
        this.applications = data.resolve("applications");
    }

    @Override
    public List<Path> register(InstalledGame game) throws IOException {
        Path entry = applications.resolve("vsekai-" + game.id() + ".desktop");
        Path associations = applications.resolve("mimeapps.list");
        String text = entryText(game);
        DurableFiles.createFolders(applications);
        DurableFiles.replace(entry, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        List<String> lines = List.of();
        if (Files.isRegularFile(associations)) {
            if (Files.size(associations) > LIST_LIMIT) {
                throw new IOException(associations + " is too large to be edited safely");
            }
            lines = Files.readAllLines(associations, StandardCharsets.UTF_8);
        }
        String edited = String.join("\n", withDefault(lines, String.valueOf(entry.getFileName()))) + "\n";
        DurableFiles.replace(associations, out -> out.write(edited.getBytes(StandardCharsets.UTF_8)));
        return List.of(entry, associations);
    }

    static String entryText(InstalledGame game) throws UnwritableNameException {
        List<String> quoted = new ArrayList<>();
        for (String argument : game.command()) {
            quoted.add(argument(argument));
        }
        return """
                [Desktop Entry]
                Type=Application
                Version=1.5
                Name=%s
                Comment=Social VR
                Exec=%s %%u
                Path=%s
                Terminal=false
                Categories=Game;
                MimeType=%s;
                X-Vsekai-Mode=%s
                X-Vsekai-Version=%s
                """.formatted(
                        string(game.title()),
                        string(String.join(" ", quoted)),
                        string(game.root().toString()),
                        MIME_TYPE,
                        string(game.mode()),
                        string(game.version()));
    }

    /** Quotes an argument of {@code Exec}; the result is then escaped once more as every string of the file. */
    private static String argument(String argument) throws UnwritableNameException {
        if (argument.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw new UnwritableNameException(argument, "a desktop entry");
        }
        String escaped = argument.replace("%", "%%")
                .chars()
                .mapToObj(c -> "\"`$\\".indexOf(c) >= 0 ? "\\" + (char) c : String.valueOf((char) c))
                .collect(Collectors.joining());
        return '"' + escaped + '"';
    }

    private static String string(String value) {
        String escaped = value.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\t", "\\t")
                .replace("\r", "\\r");
        return escaped.startsWith(" ") ? "\\s" + escaped.substring(1) : escaped;
    }

    /** The list with our entry as the scheme's default; every other line stays. */
    static List<String> withDefault(List<String> lines, String entry) {
        List<String> edited = new ArrayList<>(lines);
        String association = MIME_TYPE + "=" + entry + ";";
        int group = edited.indexOf(DEFAULTS);
        if (group < 0) {
            edited.add(DEFAULTS);
            edited.add(association);
            return edited;
        }
        for (int i = group + 1; i < edited.size() && !edited.get(i).startsWith("["); i++) {
            if (edited.get(i).startsWith(MIME_TYPE + "=")) {
                edited.set(i, association);
                return edited;
            }
        }
        edited.add(group + 1, association);
        return edited;
    }
}
