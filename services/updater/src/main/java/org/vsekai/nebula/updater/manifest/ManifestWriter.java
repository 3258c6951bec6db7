package org.vsekai.nebula.updater.manifest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.vsekai.nebula.updater.assets.ArchiveNode;
import org.vsekai.nebula.updater.assets.ArchiveSummary;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/**
 * Writes a manifest in canonical form while the archive's nodes arrive, so that no tree of it is ever held.
 *
 * <p>The canonical form (RFC 8785) asks for no white space, keys in the order of their UTF-16 code units, integers
 * without exponent and the shortest escapes: each object below names its keys in that order. Not thread-safe.
 */
public final class ManifestWriter {
    private final long maxNodes;
    private final int maxBytes;
    private final ByteArrayOutputStream nodes = new ByteArrayOutputStream(8192);
    private long nodeCount;

    /**
     * @param maxNodes most files, folders and links
     * @param maxBytes greatest size of the manifest, bytes
     */
    public ManifestWriter(long maxNodes, int maxBytes) {
        this.maxNodes = maxNodes;
        this.maxBytes = maxBytes;
    }

    /** @throws ManifestTooLargeException if the archive exceeds a bound */
    public void add(ArchiveNode node) {
        if (++nodeCount > maxNodes) {
            throw new ManifestTooLargeException(maxNodes, "nodes");
        }
        StringBuilder json = new StringBuilder(nodeCount == 1 ? "" : ",");
        switch (node) {
            case ArchiveNode.File file -> {
                json.append("{\"mode\":\"").append(octal(file.mode())).append("\",\"path\":");
                appendString(json, file.path());
                json.append(",\"sha256\":\"").append(file.sha256()).append("\",\"size\":");
                json.append(file.size()).append(",\"type\":\"file\"}");
            }
            case ArchiveNode.Directory directory -> {
                json.append("{\"mode\":\"").append(octal(directory.mode())).append("\",\"path\":");
                appendString(json, directory.path());
                json.append(",\"type\":\"directory\"}");
            }
            case ArchiveNode.Symlink link -> {
                json.append("{\"path\":");
                appendString(json, link.path());
                json.append(",\"target\":");
                appendString(json, link.target());
                json.append(",\"type\":\"symlink\"}");
            }
        }
        append(json.toString());
    }

    /**
     * The whole manifest; the writer is of no use afterwards.
     *
     * @throws ManifestTooLargeException if the manifest exceeds its bound
     */
    public byte[] finish(ModeName mode, SemanticVersion version, IndexName index, ArchiveSummary archive) {
        ByteArrayOutputStream manifest = new ByteArrayOutputStream(nodes.size() + 1024);
        manifest.writeBytes(utf8("{\"archive\":{\"chunk_avg\":" + archive.chunkAvgBytes()
                + ",\"chunk_max\":" + archive.chunkMaxBytes()
                + ",\"chunk_min\":" + archive.chunkMinBytes()
                + ",\"chunks\":" + archive.chunkCount()
                + ",\"digest\":\"" + archive.digest()
                + "\",\"size\":" + archive.archiveBytes()
                + "},\"files\":["));
        manifest.writeBytes(nodes.toByteArray());
        // Names, versions and digests hold nothing that JSON escapes.
        manifest.writeBytes(utf8("],\"index\":{\"name\":\"" + index.text()
                + "\",\"sha256\":\"" + index.sha256()
                + "\",\"size\":" + archive.indexBytes()
                + "},\"mode\":\"" + mode.text()
                + "\",\"schema\":1,\"version\":\"" + version.text() + "\"}"));
        if (manifest.size() > maxBytes) {
            throw new ManifestTooLargeException(maxBytes, "bytes");
        }
        return manifest.toByteArray();
    }

    private void append(String json) {
        byte[] bytes = utf8(json);
        if (bytes.length > maxBytes - nodes.size()) {
            throw new ManifestTooLargeException(maxBytes, "bytes");
        }
        nodes.writeBytes(bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String octal(int mode) {
        return "0" + (mode >> 6 & 7) + (mode >> 3 & 7) + (mode & 7);
    }

    /** RFC 8785, 3.2.2.2. */
    private static void appendString(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\b' -> json.append("\\b");
                case '\t' -> json.append("\\t");
                case '\n' -> json.append("\\n");
                case '\f' -> json.append("\\f");
                case '\r' -> json.append("\\r");
                default -> {
                    if (c < 0x20) {
                        json.append("\\u00").append(c >> 4).append(Character.forDigit(c & 0xf, 16));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}
