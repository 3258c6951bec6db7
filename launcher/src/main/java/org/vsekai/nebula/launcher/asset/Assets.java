package org.vsekai.nebula.launcher.asset;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.FileBlob;
import org.vsekai.nebula.casync.index.FeatureFlags;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import org.vsekai.nebula.launcher.publish.ChunkUpload;

/** Puts, gets, lists and removes assets. */
public final class Assets {
    private static final String PART = ".part";

    private final Http http;
    private final ServiceAddresses addresses;
    private final ProgressListener listener;

    public Assets(Http http, ServiceAddresses addresses, ProgressListener listener) {
        this.http = http;
        this.addresses = addresses;
        this.listener = listener;
    }

    /** @param size bytes */
    public record Asset(String id, String name, String mediaType, long size, String owner) {}

    /** What a put did. */
    public record Put(Asset asset, int chunks, ChunkUpload.Sent sent) {}

    /** @param receivedBytes what came over the network now */
    public record Got(long size, long receivedBytes) {}

    /**
     * Makes a file an asset, or gives an asset the file's bytes. Only chunks that the store lacks are sent.
     *
     * @param token a publisher's
     */
    public Put put(Path file, UUID id, String name, Optional<String> owner, Optional<String> mediaType, String token)
            throws IOException {
        ChunkUpload upload = new ChunkUpload(http, addresses, token, listener);
        try (FileBlob blob = FileBlob.open(file)) {
            ChunkUpload.Cut cut = upload.cut(blob, FeatureFlags.FEATURES_BLOB, ".caibx");
            StringBuilder query = new StringBuilder("?index=" + cut.name() + "&name=" + ServiceAddresses.segment(name));
            owner.ifPresent(text -> query.append("&owner=").append(ServiceAddresses.segment(text)));
            mediaType.ifPresent(text -> query.append("&media_type=").append(ServiceAddresses.segment(text)));
            URI asset = resource(id + query.toString());
            AtomicReference<@Nullable Asset> stored = new AtomicReference<>();
            ChunkUpload.Sent sent =
                    upload.send(blob, cut, () -> stored.set(parse(asset, http.call("PUT", asset, token))));
            return new Put(Objects.requireNonNull(stored.get()), cut.chunkCount(), sent);
        }
    }

    /**
     * Fetches an asset's bytes into a file, which appears when it is whole. What an interrupted run left beside it is gone on
     * from, unless the asset has changed since.
     */
    public Got get(UUID id, Path target) throws IOException {
        URI asset = resource(id.toString());
        HttpHeaders headers = http.head(asset);
        long size = headers.firstValueAsLong("Content-Length")
                .orElseThrow(() -> new BadAnswerException(asset.toString(), "answered without a length", null));
        String tag = headers.firstValue("ETag")
                .orElseThrow(() -> new BadAnswerException(asset.toString(), "answered without an ETag", null));
        Path part = target.resolveSibling(target.getFileName() + PART);
        Path partTag = target.resolveSibling(target.getFileName() + PART + ".etag");
        long had = Files.exists(part)
                        && Files.exists(partTag)
                        && Files.readString(partTag).equals(tag)
                ? Math.min(Files.size(part), size)
                : 0;
        Files.writeString(partTag, tag, StandardCharsets.UTF_8);
        long received = 0;
        if (had < size || size == 0) {
            received = fetch(asset, tag, part, had, size);
        }
        if (Files.size(part) != size) {
            throw new BadAnswerException(
                    asset.toString(), "sent " + Files.size(part) + " bytes in all, not " + size + "; try again", null);
        }
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(partTag);
        return new Got(size, received);
    }

    private long fetch(URI asset, String tag, Path part, long had, long size) throws IOException {
        Meter meter = new Meter(listener, "download", size);
        meter.accept(had);
        Map<String, String> headers = had == 0 ? Map.of() : Map.of("Range", "bytes=" + had + "-", "If-Range", tag);
        int status = http.download(asset, headers, () -> append(part, had, meter), size - had);
        if (had > 0 && status != 206) {
            // The asset changed between the question and the answer, and the new bytes came whole behind the old ones.
            Files.delete(part);
            throw new BadAnswerException(asset.toString(), "the asset changed meanwhile; get it again", null);
        }
        return Files.size(part) - had;
    }

    /** Opens the partial file behind what is to stay of it, for each attempt anew. */
    private static FileOutputStream append(Path part, long had, Meter meter) throws IOException {
        FileOutputStream out = new MeteredFile(part, meter);
        out.getChannel().truncate(had);
        return out;
    }

    private static final class MeteredFile extends FileOutputStream {
        private final Meter meter;

        MeteredFile(Path file, Meter meter) throws IOException {
            super(file.toFile(), true);
            this.meter = meter;
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            super.write(bytes);
            meter.accept(bytes.length);
        }
    }

    /** All assets, or those of an owner. @param token of any role */
    public List<Asset> list(Optional<String> owner, String token) {
        List<Asset> assets = new ArrayList<>();
        String filter =
                owner.map(text -> "&owner=" + ServiceAddresses.segment(text)).orElse("");
        String after = "";
        do {
            URI page = addresses.assetStore().resolve("api/v1/assets?limit=1000" + filter + after);
            JsonNode answer = http.getJson(page, token);
            answer.path("items").forEach(item -> assets.add(parse(page, item)));
            JsonNode next = answer.path("next");
            after = next.isTextual() ? "&after=" + ServiceAddresses.segment(next.textValue()) : "";
        } while (!after.isEmpty());
        return assets;
    }

    /** Deletes an asset that nobody but its owner needs. @param token a publisher's */
    public void remove(UUID id, String token) {
        http.delete(resource(id.toString()), token);
    }

    private URI resource(String id) {
        return addresses.assetStore().resolve("api/v1/assets/" + id);
    }

    private static Asset parse(URI source, JsonNode json) {
        if (!json.path("id").isTextual() || !json.path("size").canConvertToLong()) {
            throw new BadAnswerException(source.toString(), "answered with something that is no asset", null);
        }
        return new Asset(
                json.path("id").textValue(),
                json.path("name").asText(""),
                json.path("media_type").asText(""),
                json.path("size").longValue(),
                json.path("owner").asText(""));
    }
}
