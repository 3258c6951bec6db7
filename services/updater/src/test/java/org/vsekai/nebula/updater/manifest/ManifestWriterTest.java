package org.vsekai.nebula.updater.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.erdtman.jcs.JsonCanonicalizer;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.updater.assets.ArchiveNode;
import org.vsekai.nebula.updater.assets.ArchiveSummary;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.semver.SemanticVersion;

class ManifestWriterTest {
    private static final IndexName INDEX = new IndexName("ab".repeat(32) + ".caidx");
    private static final ArchiveSummary ARCHIVE =
            new ArchiveSummary(9007199254740991L, 3, "sha512-256", 16384, 65536, 262144, 4096);
    private static final List<ArchiveNode> NODES = List.of(
            new ArchiveNode.Directory("bin", 0755),
            new ArchiveNode.File("bin/run", 0755, 0, "0f".repeat(32)),
            new ArchiveNode.Symlink("bin/start", "../bin/\"run\\"),
            new ArchiveNode.File("daten/größe €\uD83C\uDFAE", 0, 9007199254740991L, "1e".repeat(32)),
            new ArchiveNode.File(allAsciiCharacters(), 0777, 1, "2d".repeat(32)));

    @Test
    void writesTheCanonicalFormOfItself() throws Exception {
        byte[] manifest = manifest(NODES);
        assertThat(new String(manifest, StandardCharsets.UTF_8))
                .isEqualTo(new JsonCanonicalizer(manifest).getEncodedString());
        byte[] empty = manifest(List.of());
        assertThat(new String(empty, StandardCharsets.UTF_8))
                .isEqualTo(new JsonCanonicalizer(empty).getEncodedString());
    }

    @Test
    void fitsTheSchema() throws Exception {
        try (InputStream schemaText =
                ManifestWriterTest.class.getResourceAsStream("/org/vsekai/nebula/api/manifest.schema.json")) {
            JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schemaText);
            assertThat(schema.validate(new String(manifest(NODES), StandardCharsets.UTF_8), InputFormat.JSON))
                    .isEmpty();
            assertThat(schema.validate(new String(manifest(List.of()), StandardCharsets.UTF_8), InputFormat.JSON))
                    .isEmpty();
            // The schema does tell wrong from right.
            assertThat(schema.validate(
                            new String(manifest(NODES), StandardCharsets.UTF_8).replace("\"0755\"", "\"4755\""),
                            InputFormat.JSON))
                    .isNotEmpty();
        }
    }

    @Test
    void isTheSameBytesForTheSameArchive() {
        assertThat(new String(manifest(List.of(NODES.get(0), NODES.get(1))), StandardCharsets.UTF_8))
                .isEqualTo("{\"archive\":{\"chunk_avg\":65536,\"chunk_max\":262144,\"chunk_min\":16384,\"chunks\":3,"
                        + "\"digest\":\"sha512-256\",\"size\":9007199254740991},\"files\":["
                        + "{\"mode\":\"0755\",\"path\":\"bin\",\"type\":\"directory\"},"
                        + "{\"mode\":\"0755\",\"path\":\"bin/run\",\"sha256\":\"" + "0f".repeat(32)
                        + "\",\"size\":0,\"type\":\"file\"}],\"index\":{\"name\":\"" + INDEX + "\",\"sha256\":\""
                        + "ab".repeat(32) + "\",\"size\":4096},\"mode\":\"stable\",\"schema\":1,"
                        + "\"version\":\"1.0.0-rc.1+5\"}");
    }

    @Test
    void refusesMoreNodesThanItMayList() {
        ManifestWriter writer = new ManifestWriter(2, 1 << 20);
        writer.add(new ArchiveNode.Directory("a", 0755));
        writer.add(new ArchiveNode.Directory("b", 0755));
        assertThatThrownBy(() -> writer.add(new ArchiveNode.Directory("c", 0755)))
                .isInstanceOf(ManifestTooLargeException.class)
                .hasMessageContaining("2 nodes");
    }

    @Test
    void refusesMoreBytesThanItMayHave() {
        int size = manifest(NODES).length;
        ManifestWriter exact = new ManifestWriter(10, size);
        NODES.forEach(exact::add);
        assertThat(exact.finish(new ModeName("stable"), new SemanticVersion("1.0.0-rc.1+5"), INDEX, ARCHIVE))
                .hasSize(size);

        ManifestWriter tooSmall = new ManifestWriter(10, size - 1);
        NODES.forEach(tooSmall::add);
        assertThatThrownBy(() ->
                        tooSmall.finish(new ModeName("stable"), new SemanticVersion("1.0.0-rc.1+5"), INDEX, ARCHIVE))
                .isInstanceOf(ManifestTooLargeException.class);

        ManifestWriter tiny = new ManifestWriter(10, 100);
        assertThatThrownBy(() -> NODES.forEach(tiny::add)).isInstanceOf(ManifestTooLargeException.class);
    }

    private static byte[] manifest(List<ArchiveNode> nodes) {
        ManifestWriter writer = new ManifestWriter(100, 1 << 20);
        nodes.forEach(writer::add);
        return writer.finish(new ModeName("stable"), new SemanticVersion("1.0.0-rc.1+5"), INDEX, ARCHIVE);
    }

    private static String allAsciiCharacters() {
        StringBuilder text = new StringBuilder();
        for (char c = 1; c <= 0x7f; c++) {
            if (c != '/') {
                text.append(c);
            }
        }
        return text.toString();
    }
}
