package org.vsekai.nebula.launcher.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.launcher.BadAnswerException;

class ManifestReaderTest {
    private static final String SHA = "ab".repeat(32);
    private static final String SOUND = """
            {"archive":{"chunk_avg":65536,"chunk_max":262144,"chunk_min":16384,"chunks":1,"digest":"sha512-256","size":400},
             "files":[{"mode":"0755","path":"bin","type":"directory"},
                      {"mode":"0755","path":"bin/game","sha256":"%1$s","size":3,"type":"file"},
                      {"path":"link","target":"bin/game","type":"symlink"}],
             "index":{"name":"%1$s.caidx","sha256":"%1$s","size":144},"mode":"stable","schema":1,"version":"0.1.0"}
            """.formatted(SHA);

    @TempDir
    private Path temp;

    private Manifest read(String json) throws IOException {
        return ManifestReader.read(Files.writeString(temp.resolve("manifest"), json), "the manifest");
    }

    @Test
    void readsWhatTheUpdaterWrites() throws IOException {
        Manifest manifest = read(SOUND);
        assertThat(manifest.entries().sequencedValues())
                .containsExactly(
                        new ManifestEntry.Directory("bin", 0755),
                        new ManifestEntry.File("bin/game", 0755, 3, SHA),
                        new ManifestEntry.Symlink("link", "bin/game"));
        assertThat(manifest.contentSize()).isEqualTo(3);
        assertThat(manifest.version().text()).isEqualTo("0.1.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../game",
                "/game",
                "bin//game",
                "bin/./game",
                "bin/../game",
                "bin/CON",
                "bin/aux.txt",
                "bin/a:b",
                "bin/a\\\\b",
                "bin/dot.",
                "bin/blank ",
                "bin/\\u0000",
                "other/game",
                ".vsekai",
                ".VSEKAI",
                "bin/",
                ""
            })
    void refusesPathsThatMustNotBecomeFiles(String path) {
        assertThatThrownBy(() -> read(SOUND.replace("bin/game\",\"sha", path + "\",\"sha")))
                .isInstanceOf(BadAnswerException.class)
                .hasMessageContaining("the manifest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../x", "bin/../../x", "C:x", ""})
    void refusesLinksThatLeadOut(String target) {
        assertThatThrownBy(() -> read(SOUND.replace("\"target\":\"bin/game\"", "\"target\":\"" + target + "\"")))
                .isInstanceOf(BadAnswerException.class);
    }

    @Test
    void refusesWhatTheSchemaDoesNotAllow() {
        for (String bad : new String[] {
            SOUND.replace("\"schema\":1", "\"schema\":2"),
            SOUND.replace("\"schema\":1", "\"extra\":1"),
            SOUND.replace("\"schema\":1,", ""),
            SOUND.replace("\"size\":3", "\"size\":-3"),
            SOUND.replace("\"size\":3", "\"size\":1e3"),
            SOUND.replace("\"size\":3", "\"size\":\"3\""),
            SOUND.replace("\"size\":3", "\"size\":99999999999999999999"),
            SOUND.replace("0.1.0", "0.1"),
            SOUND.replace("\"path\":\"link\"", "\"path\":\"bin\""),
            SOUND.replace("65536", "99999999"),
            SOUND.replace("\"mode\":\"stable\",", "\"mode\":\"stable\",\"mode\":\"x\","),
            SOUND + "{}",
            SOUND.substring(0, SOUND.length() / 2),
            "[".repeat(10_000),
            ""
        }) {
            assertThatThrownBy(() -> read(bad)).as(bad).isInstanceOf(BadAnswerException.class);
        }
    }

    @Test
    void refusesTruncationAtEveryByte() {
        String whole = SOUND.strip();
        for (int length = 0; length < whole.length(); length++) {
            String cut = whole.substring(0, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(BadAnswerException.class);
        }
    }
}
