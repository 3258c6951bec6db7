package org.vsekai.nebula.launcher.desktop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import org.vsekai.nebula.casync.durable.DurableFiles;

/**
 * A small application bundle whose property list claims the scheme ({@code CFBundleURLTypes}) and whose program starts the game.
 * Launch Services finds it by itself in the user's {@code Applications}.
 */
final class MacPropertyList implements DesktopRegistration {
    private static final String PROGRAM = "start";

    private final Path applications;

    MacPropertyList(Path applications) {
        this.applications = applications;
    }

    @Override
    public List<Path> register(InstalledGame game) throws IOException {
        Path contents = applications.resolve("V-Sekai-" + game.id() + ".app").resolve("Contents");
        Path list = contents.resolve("Info.plist");
        Path program = contents.resolve("MacOS").resolve(PROGRAM);
        String listText = propertyList(game);
        String programText = program(game);
        DurableFiles.createFolders(DurableFiles.folderOf(program));
        DurableFiles.replace(list, out -> out.write(listText.getBytes(StandardCharsets.UTF_8)));
        DurableFiles.replace(program, out -> out.write(programText.getBytes(StandardCharsets.UTF_8)));
        PosixFileAttributeView view = Files.getFileAttributeView(program, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return List.of(list, program);
    }

    static String propertyList(InstalledGame game) throws UnwritableNameException {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                <plist version="1.0">
                <dict>
                    <key>CFBundleIdentifier</key>
                    <string>org.vsekai.game.%s</string>
                    <key>CFBundleName</key>
                    <string>%s</string>
                    <key>CFBundlePackageType</key>
                    <string>APPL</string>
                    <key>CFBundleExecutable</key>
                    <string>%s</string>
                    <key>CFBundleShortVersionString</key>
                    <string>%s</string>
                    <key>CFBundleURLTypes</key>
                    <array>
                        <dict>
                            <key>CFBundleURLName</key>
                            <string>V-Sekai link</string>
                            <key>CFBundleURLSchemes</key>
                            <array>
                                <string>%s</string>
                            </array>
                        </dict>
                    </array>
                </dict>
                </plist>
                """.formatted(game.id(), xml(game.title()), PROGRAM, xml(game.version()), SCHEME);
    }

    static String program(InstalledGame game) {
        String command = game.command().stream().map(MacPropertyList::shellWord).collect(Collectors.joining(" "));
        return "#!/bin/sh\ncd " + shellWord(game.root().toString()) + " && exec " + command + " \"$@\"\n";
    }

    private static String shellWord(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String xml(String text) throws UnwritableNameException {
        if (text.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0xfffe || c == 0xffff)) {
            throw new UnwritableNameException(text, "a property list");
        }
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
