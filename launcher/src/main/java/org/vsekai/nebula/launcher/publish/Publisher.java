package org.vsekai.nebula.launcher.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
import org.vsekai.nebula.launcher.RefusedException;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.manifest.ManifestReader;
import org.vsekai.nebula.launcher.mode.Modes;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import org.vsekai.nebula.launcher.progress.TerminalText;
import org.vsekai.nebula.launcher.version.SemanticVersion;

/** Ships a folder: as an archive to the asset store, see {@link ChunkUpload}, and as a version of a mode to the updater. */
public final class Publisher {
    private final Http http;
    private final ProgressListener listener;
    private final ServiceAddresses addresses;
    private final String token;

    /** @param token a publisher's */
    public Publisher(Http http, ServiceAddresses addresses, String token, ProgressListener listener) {
        this.http = http;
        this.addresses = addresses;
        this.token = token;
        this.listener = listener;
    }

    /** @param createMode whether a mode that does not exist is made */
    public record Request(String mode, SemanticVersion version, Path folder, boolean skipUpdate, boolean createMode) {}

    /** @param text for people */
    public record Outcome(String text, Map<String, Object> figures) {}

    public Outcome publish(Request request) throws IOException {
        requireMode(request);
        try (ArchiveLayout archive = ArchiveLayout.ofFolder(
                request.folder, ArchiveOptions.publishing().excluding(ManifestReader.RESERVED_FOLDER))) {
            ChunkUpload upload = new ChunkUpload(http, addresses, token, listener);
            ChunkUpload.Cut cut = upload.cut(archive, archive.featureFlags(), ".caidx");
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("mode", request.mode);
            figures.put("version", request.version.text());
            figures.put("index", cut.name());
            figures.put("archive_bytes", archive.size());
            figures.put("chunks", cut.chunkCount());
            figures.put("distinct_chunks", cut.distinctCount());
            if (isPublished(request, cut.name())) {
                figures.put("missing_chunks", 0);
                figures.put("sent_bytes", 0L);
                figures.put("created", false);
                return new Outcome(
                        "%s %s is published already, with this content".formatted(request.mode, request.version),
                        figures);
            }
            ChunkUpload.Sent sent = upload.send(archive, cut, () -> create(request, cut.name()));
            figures.put("missing_chunks", sent.chunks());
            figures.put("sent_bytes", sent.bytes());
            figures.put("created", true);
            return new Outcome(
                    "%s %s is published: %s in %d chunks, of which %d were new (%s sent)"
                            .formatted(
                                    request.mode,
                                    request.version,
                                    TerminalText.bytes(archive.size()),
                                    cut.distinctCount(),
                                    sent.chunks(),
                                    TerminalText.bytes(sent.bytes())),
                    figures);
        }
    }

    private void requireMode(Request request) {
        Modes modes = new Modes(http, addresses.updater());
        if (modes.find(request.mode).isPresent()) {
            return;
        }
        if (!request.createMode) {
            throw new RefusedException(
                    addresses.mode(request.mode).toString(),
                    404,
                    "MODE_UNKNOWN",
                    "there is no mode '" + request.mode + "'; add --create-mode to make it");
        }
        modes.create(request.mode, token);
        listener.on(new Noted("mode '" + request.mode + "' was created"));
    }

    private void create(Request request, String indexName) {
        ObjectNode version = JsonNodeFactory.instance
                .objectNode()
                .put("version", request.version.text())
                .put("index", indexName)
                .put("skip_update", request.skipUpdate);
        http.post(addresses.ofMode(request.mode, "versions"), token, version);
    }

    private boolean isPublished(Request request, String indexName) {
        URI resource = addresses.ofMode(request.mode, "versions/" + ServiceAddresses.segment(request.version.text()));
        Optional<JsonNode> existing = http.findJson(resource);
        if (existing.isEmpty()) {
            return false;
        }
        if (!existing.get().path("index_uri").asText("").endsWith("/" + indexName)) {
            throw new RefusedException(
                    resource.toString(),
                    409,
                    "VERSION_EXISTS",
                    "this version exists with other content; raise the version");
        }
        return true;
    }
}
