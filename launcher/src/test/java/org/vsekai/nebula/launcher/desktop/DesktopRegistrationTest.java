package org.vsekai.nebula.launcher.desktop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DesktopRegistrationTest {
    @TempDir
    private Path temp;

    private static InstalledGame game(String program) {
        return new InstalledGame(Path.of("/games/v sekai"), "stable", "0.2.0", List.of(program));
    }

    @Test
    void linuxEntryQuotesTheProgramForExecAndForTheFile() throws IOException {
        String text = LinuxDesktopEntry.entryText(game("/g/a b\"c$d`e\\f%g"));
        assertThat(text.lines())
                .contains(
                        "Exec=\"/g/a b\\\\\"c\\\\$d\\\\`e\\\\\\\\f%%g\" %u",
                        "MimeType=x-scheme-handler/vsekai;",
                        "Name=V-Sekai (stable)",
                        "Path=/games/v sekai",
                        "Type=Application");
    }

    @Test
    void linuxEntryRefusesAProgramThatWouldStartALineOfItsOwn() {
        assertThatThrownBy(() -> LinuxDesktopEntry.entryText(game("/g/a\nExec=evil")))
                .isInstanceOf(UnwritableNameException.class);
    }

    @Test
    void linuxBecomesTheSchemesHandlerAndKeepsOthersChoices() throws IOException {
        Path list = Files.createDirectories(temp.resolve("applications")).resolve("mimeapps.list");
        Files.writeString(list, "[Default Applications]\ntext/html=b.desktop;\n[Added Associations]\na/b=c.desktop;\n");
        LinuxDesktopEntry desktop = new LinuxDesktopEntry(temp);
        desktop.register(game("/g/run"));
        List<Path> written = desktop.register(game("/g/run"));
        assertThat(written).hasSize(2).allSatisfy(file -> assertThat(file).isRegularFile());
        assertThat(Files.readAllLines(list))
                .containsExactly(
                        "[Default Applications]",
                        "x-scheme-handler/vsekai=" + written.getFirst().getFileName() + ";",
                        "text/html=b.desktop;",
                        "[Added Associations]",
                        "a/b=c.desktop;");
    }

    @Test
    void windowsWritesARegistrationFileThatItsImporterReads() throws IOException {
        List<String> imported = new ArrayList<>();
        WindowsRegistry registry = new WindowsRegistry(
                temp, file -> imported.add(new String(Files.readAllBytes(file), StandardCharsets.UTF_16)));
        registry.register(game("C:\\Games\\V Sekai\\vsekai.exe"));
        assertThat(imported.getFirst().lines())
                .contains(
                        "Windows Registry Editor Version 5.00",
                        "[HKEY_CURRENT_USER\\Software\\Classes\\vsekai]",
                        "@=\"URL:V-Sekai\"",
                        "\"URL Protocol\"=\"\"",
                        "[HKEY_CURRENT_USER\\Software\\Classes\\vsekai\\shell\\open\\command]",
                        "@=\"\\\"C:\\\\Games\\\\V Sekai\\\\vsekai.exe\\\" \\\"%1\\\"\"",
                        "\"Version\"=\"0.2.0\"");
        assertThat(temp).isEmptyDirectory();
        assertThatThrownBy(() -> WindowsRegistry.registrationText(game("C:\\%1\\x.exe")))
                .isInstanceOf(UnwritableNameException.class);
    }

    @Test
    void macBundleClaimsTheSchemeInWellFormedXml() throws Exception {
        InstalledGame game = new InstalledGame(Path.of("/g/it's"), "a<b&c", "0.2.0", List.of("/g/it's/run"));
        List<Path> written = new MacPropertyList(temp).register(game);
        DocumentBuilderFactory xml = DocumentBuilderFactory.newInstance();
        xml.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        var list = xml.newDocumentBuilder().parse(new ByteArrayInputStream(Files.readAllBytes(written.getFirst())));
        assertThat(list.getDocumentElement().getTextContent())
                .contains("V-Sekai (a<b&c)", "CFBundleURLSchemes", "vsekai");
        assertThat(written.get(1)).isExecutable().content().contains("exec '/g/it'\\''s/run' \"$@\"");
    }
}
