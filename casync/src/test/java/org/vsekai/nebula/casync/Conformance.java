package org.vsekai.nebula.casync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;

/** The conformance set in {@code src/test/resources/conformance}: data made by desync and casync; see its README. */
public final class Conformance {
    public static final Path ROOT = root();
    private static final int ZEROS = 2 << 20;

    private Conformance() {}

    private static Path root() {
        try {
            return Path.of(Conformance.class.getResource("/conformance").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A file of the set, for example {@code desync/random.bin.caibx}. */
    public static Path file(String name) {
        return ROOT.resolve(name);
    }

    /** The bytes of an input; the two megabytes of zeros are made here and not shipped. */
    public static byte[] input(String name) {
        try {
            return name.equals("inputs/zeros-2m.bin") ? new byte[ZEROS] : Files.readAllBytes(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode manifest() {
        try {
            return new ObjectMapper().readTree(file("manifest.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One index of the set and what it must hold. */
    public record Case(
            String tool,
            String index,
            String input,
            long inputSize,
            ChunkSizes sizes,
            ChunkDigest digest,
            long featureFlags,
            String store,
            List<Chunk> chunks) {

        /** A row of the index. */
        public record Chunk(long start, int length, ChunkId id) {}

        static Case of(JsonNode node) {
            return new Case(
                    node.get("tool").asText(),
                    node.get("index").asText(),
                    node.get("input").asText(),
                    node.get("input_size").asLong(),
                    new ChunkSizes(
                            node.get("chunk_min").asInt(),
                            node.get("chunk_avg").asInt(),
                            node.get("chunk_max").asInt()),
                    ChunkDigest.parse(node.get("digest").asText()),
                    Long.parseUnsignedLong(node.get("feature_flags").asText().substring(2), 16),
                    node.path("store").asText(""),
                    stream(node.get("chunks"))
                            .map(row -> new Chunk(
                                    row.get(0).asLong(),
                                    row.get(1).asInt(),
                                    ChunkId.parse(row.get(2).asText())))
                            .toList());
        }

        @Override
        public String toString() {
            return index;
        }
    }

    public static Stream<Case> cases() {
        return stream(manifest().get("cases")).map(Case::of);
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
