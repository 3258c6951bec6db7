package org.vsekai.nebula.launcher.update;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.vsekai.nebula.casync.archive.ArchiveDecoder;
import org.vsekai.nebula.casync.archive.ArchiveElement;
import org.vsekai.nebula.casync.archive.ArchiveEntry;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.launcher.version.SemanticVersion;

/** The three services in one small server that keeps everything in memory, speaks the HTTP API and logs what it is asked. */
final class Services implements AutoCloseable {
    static final String TOKEN = "publisher-token";
    private static final JsonMapper JSON = new JsonMapper();

    /** Answers instead of the services if it wants to. */
    interface Fault {
        boolean answer(HttpExchange exchange, String path) throws IOException;
    }

    final List<String> log = new CopyOnWriteArrayList<>();
    final Map<String, byte[]> files = new ConcurrentHashMap<>();
    final Map<String, ObjectNode> modes = new ConcurrentHashMap<>();
    final Map<String, TreeMap<SemanticVersion, ObjectNode>> versions = new ConcurrentHashMap<>();
    final List<String> cdns = new CopyOnWriteArrayList<>();
    final AtomicInteger open = new AtomicInteger();
    volatile Fault fault = (exchange, path) -> false;

    private final HttpServer server;

    Services() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    long count(Predicate<String> request) {
        return log.stream().filter(request).count();
    }

    List<String> requests(String start) {
        return log.stream().filter(line -> line.startsWith(start)).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        log.add(method + " " + path);
        try (exchange) {
            if (fault.answer(exchange, path)) {
                return;
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!method.equals("GET")
                    && !method.equals("HEAD")
                    && !("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                problem(exchange, 401, "UNAUTHENTICATED");
                return;
            }
            answer(exchange, method, path, body);
        } catch (RuntimeException e) {
            problem(exchange, 500, e.toString());
        }
    }

    private void answer(HttpExchange exchange, String method, String path, byte[] body) throws IOException {
        String[] parts = path.substring(1).split("/");
        if (path.equals("/api/v1/endpoints")) {
            json(
                    exchange,
                    200,
                    JSON.createObjectNode()
                            .put("updater", url())
                            .put("cdn_registry", url())
                            .put("asset_store", url()));
        } else if (path.equals("/api/v1/ranking")) {
            ObjectNode answer = JSON.createObjectNode();
            ArrayNode list = answer.putArray("cdns");
            cdns.forEach(uri -> list.addObject()
                    .put("uid", uri)
                    .put("name", "cdn")
                    .put("uri", uri)
                    .put("region", "x"));
            json(exchange, 200, answer);
        } else if (path.equals("/api/v1/uploads")) {
            open.incrementAndGet();
            json(exchange, 201, JSON.createObjectNode().put("id", "u1").put("expires_at", "2026-01-01T00:00:00Z"));
        } else if (path.startsWith("/api/v1/uploads/")) {
            open.decrementAndGet();
            raw(exchange, 204, new byte[0]);
        } else if (path.equals("/api/v1/chunks/missing")) {
            ByteArrayOutputStream missing = new ByteArrayOutputStream();
            for (int at = 0; at < body.length; at += ChunkId.BYTES) {
                if (!files.containsKey(chunkPath(ChunkId.of(body, at)))) {
                    missing.write(body, at, ChunkId.BYTES);
                }
            }
            raw(exchange, 200, missing.toByteArray());
        } else if (path.equals("/api/v1/modes")) {
            if (method.equals("POST")) {
                String name = JSON.readTree(body).path("name").asText();
                modes.put(name, JSON.createObjectNode().put("name", name).put("is_active", true));
                json(exchange, 201, modes.get(name));
            } else {
                ObjectNode answer = JSON.createObjectNode();
                answer.putArray("items").addAll(new TreeMap<>(modes).values());
                json(exchange, 200, answer);
            }
        } else if (path.startsWith("/api/v1/modes/")) {
            mode(exchange, method, parts, body);
        } else if (method.equals("PUT")) {
            files.put(path, body);
            raw(exchange, 200, new byte[0]);
        } else {
            byte[] file = files.get(path);
            String range = exchange.getRequestHeaders().getFirst("Range");
            if (file == null) {
                problem(exchange, 404, "NOT_FOUND");
            } else if (range == null) {
                raw(exchange, 200, file);
            } else {
                String[] bounds = range.substring("bytes=".length()).split("-");
                int first = Integer.parseInt(bounds[0]);
                int last = Integer.parseInt(bounds[1]);
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes %d-%d/%d".formatted(first, last, file.length));
                raw(exchange, 206, Arrays.copyOfRange(file, first, last + 1));
            }
        }
    }

    private void mode(HttpExchange exchange, String method, String[] parts, byte[] body) throws IOException {
        ObjectNode mode = modes.get(parts[3]);
        if (mode == null) {
            problem(exchange, 404, "MODE_UNKNOWN");
        } else if (parts.length == 4) {
            json(exchange, 200, mode);
        } else if (parts[4].equals("update")) {
            json(exchange, 200, update(parts[3], exchange.getRequestURI().getQuery()));
        } else if (method.equals("POST")) {
            JsonNode asked = JSON.readTree(body);
            json(
                    exchange,
                    201,
                    create(
                            parts[3],
                            asked.path("version").asText(),
                            asked.path("index").asText()));
        } else {
            ObjectNode version =
                    versions.getOrDefault(parts[3], new TreeMap<>()).get(SemanticVersion.parse(parts[5]));
            if (version == null) {
                problem(exchange, 404, "VERSION_UNKNOWN");
            } else {
                json(exchange, 200, version);
            }
        }
    }

    private ObjectNode update(String mode, String query) {
        String sentTo = modes.get(mode).path("update_to").asText(mode);
        ObjectNode answer = JSON.createObjectNode();
        TreeMap<SemanticVersion, ObjectNode> all = versions.getOrDefault(sentTo, new TreeMap<>());
        String from = query == null ? null : query.substring("from=".length());
        answer.put("mode", sentTo).put("reason", "test");
        if (all.isEmpty()
                || (from != null && sentTo.equals(mode) && all.lastKey().text().equals(from))) {
            return answer.put("action", "none")
                    .putNull("version")
                    .putNull("manifest")
                    .putNull("index");
        }
        ObjectNode newest = all.lastEntry().getValue();
        return answer.put("action", !sentTo.equals(mode) ? "switch" : from == null ? "install" : "update")
                .put("version", newest.path("version").asText())
                .put("manifest", newest.path("manifest_file_uri").asText())
                .put("index", newest.path("index_uri").asText());
    }

    /** As the updater does it: reads the archive through its chunks and writes the manifest. */
    private ObjectNode create(String mode, String version, String indexName) throws IOException {
        byte[] indexBytes = files.get("/indexes/" + indexName);
        ChunkIndex index = ChunkIndexCodec.read(indexBytes, indexName);
        ObjectNode manifest =
                JSON.createObjectNode().put("schema", 1).put("mode", mode).put("version", version);
        manifest.putObject("index")
                .put("name", indexName)
                .put("sha256", indexName.substring(0, 64))
                .put("size", indexBytes.length);
        manifest.putObject("archive")
                .put("size", index.blobSize())
                .put("chunks", index.chunkCount())
                .put("digest", index.digest().text())
                .put("chunk_min", index.sizes().min())
                .put("chunk_avg", index.sizes().avg())
                .put("chunk_max", index.sizes().max());
        ArrayNode list = manifest.putArray("files");
        ByteBuffer blob = ByteBuffer.allocate((int) index.blobSize());
        for (int i = 0; i < index.chunkCount(); i++) {
            blob.put(ChunkCodec.verify(
                    index.id(i), index.digest(), files.get(chunkPath(index.id(i))), index.length(i), "test"));
        }
        ArchiveDecoder decoder = new ArchiveDecoder(new java.io.ByteArrayInputStream(blob.array()), indexName);
        for (Optional<ArchiveElement> next = decoder.next(); next.isPresent(); next = decoder.next()) {
            if (next.get() instanceof ArchiveElement.Entry(ArchiveEntry entry)
                    && !entry.path().isEmpty()) {
                ObjectNode node = list.addObject();
                String permissions = "0%03o".formatted(entry.permissions());
                switch (entry.kind()) {
                    case FILE ->
                        node.put("type", "file")
                                .put("path", entry.path())
                                .put("mode", permissions)
                                .put("size", entry.size())
                                .put("sha256", sha256(decoder.payload()));
                    case DIRECTORY ->
                        node.put("type", "directory").put("path", entry.path()).put("mode", permissions);
                    case SYMLINK ->
                        node.put("type", "symlink").put("path", entry.path()).put("target", entry.linkTarget());
                    default -> throw new IllegalStateException();
                }
            }
        }
        byte[] bytes = manifest.toString().getBytes(StandardCharsets.UTF_8);
        return add(mode, version, sha256(new java.io.ByteArrayInputStream(bytes)) + ".json", bytes, indexName);
    }

    ObjectNode add(String mode, String version, String manifestName, byte[] manifest, String indexName) {
        files.put("/manifests/" + manifestName, manifest);
        ObjectNode row = JSON.createObjectNode()
                .put("version", version)
                .put("manifest_file_uri", url() + "manifests/" + manifestName)
                .put("index_uri", url() + "indexes/" + indexName);
        versions.computeIfAbsent(mode, name -> new TreeMap<>()).put(SemanticVersion.parse(version), row);
        return row;
    }

    static String chunkPath(ChunkId id) {
        return "/chunks/" + id.toString().substring(0, 4) + "/" + id + ".cacnk";
    }

    static String sha256(InputStream in) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(in.readAllBytes()));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static void json(HttpExchange exchange, int status, JsonNode json) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        raw(exchange, status, json.toString().getBytes(StandardCharsets.UTF_8));
    }

    static void problem(HttpExchange exchange, int status, String code) throws IOException {
        json(exchange, status, JSON.createObjectNode().put("code", code).put("detail", "said the test"));
    }

    static void raw(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean none = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
        exchange.sendResponseHeaders(status, none ? -1 : body.length);
        if (!none) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
