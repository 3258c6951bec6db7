package org.vsekai.nebula.launcher.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.pack.PackListing;
import org.vsekai.nebula.casync.pack.PackMaker;
import org.vsekai.nebula.casync.pack.PackOptions;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.launcher.cli.Vsekai;
import picocli.CommandLine;

/** Packs in an update: used where they are cheaper, and done without wherever anything is wrong with them. */
class PackedUpdateIT {
    private static final int FILE_BYTES = 4_000_000;

    @TempDir
    private Path temp;

    private Services services;
    private Path game;
    private Path first;
    private Path second;
    private String output = "";

    @BeforeEach
    void publishTwoVersionsAndTheirPacks() throws IOException {
        services = new Services();
        game = temp.resolve("game");
        first = temp.resolve("first");
        second = temp.resolve("second");
        for (Path version : List.of(first, second)) {
            Files.createDirectories(version);
            // As of a program built again: hardly anything differs, but that everywhere.
            byte[] program = noise(1);
            if (version.equals(second)) {
                for (int i = 0; i < FILE_BYTES; i += 3000) {
                    program[i]++;
                }
            }
            Files.write(version.resolve("program"), program);
            Files.write(version.resolve("data"), noise(2));
        }
        Files.write(second.resolve("new"), Arrays.copyOf(noise(3), 400_000));
        String old = publish("0.1.0", first);
        pack(old, Optional.empty());
        update();
        String fresh = publish("0.2.0", second);
        pack(fresh, Optional.of(old));
        services.log.clear();
    }

    @AfterEach
    void stop() {
        services.close();
    }

    private static byte[] noise(int seed) {
        byte[] bytes = new byte[FILE_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private int vsekai(String... arguments) {
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out, true);
        CommandLine line = Vsekai.commandLine().setOut(writer).setErr(writer);
        int exit = line.execute(Stream.concat(Stream.of("--server", services.url()), Stream.of(arguments))
                .toArray(String[]::new));
        output = out.toString();
        return exit;
    }

    /** The index's name. */
    private String publish(String version, Path folder) {
        List<String> before = indexes();
        int exit = vsekai(
                "publish",
                "--mode",
                "stable",
                "--create-mode",
                "--version",
                version,
                "--token",
                Services.TOKEN,
                folder.toString());
        assertThat(exit).as(() -> output).isZero();
        return indexes().stream()
                .filter(name -> !before.contains(name))
                .findFirst()
                .orElseThrow();
    }

    private List<String> indexes() {
        return services.files.keySet().stream()
                .filter(path -> path.startsWith("/indexes/"))
                .map(path -> path.substring("/indexes/".length()))
                .toList();
    }

    private void update() {
        assertThat(vsekai("update", "--json", "--mode", "stable", "--no-desktop", game.toString()))
                .as(() -> output)
                .isZero();
    }

    private ChunkIndex index(String name) {
        return ChunkIndexCodec.read(services.files.get("/indexes/" + name), name);
    }

    /** Makes packs as the server does, and lists them. */
    private void pack(String name, Optional<String> base) throws IOException {
        PackMaker maker = new PackMaker(new ReadableStore() {
            @Override
            public String name() {
                return "the server";
            }

            @Override
            public byte[] getStored(ChunkId id, int maxStoredBytes) {
                byte[] stored = services.files.get(Services.chunkPath(id));
                if (stored == null) {
                    throw new ChunkMissingException(id, name());
                }
                return stored;
            }

            @Override
            public boolean has(ChunkId id) {
                return services.files.containsKey(Services.chunkPath(id));
            }
        });
        Path folder = Files.createTempDirectory(temp, "packs");
        PackOptions quick = new PackOptions(3, 2 << 20, 0);
        PackListing.Entry install = PackListing.Entry.of(Optional.empty(), maker.install(index(name), quick, folder));
        PackListing listing = base.isEmpty()
                ? new PackListing(name, List.of(install))
                : new PackListing(
                        name,
                        List.of(
                                install,
                                PackListing.Entry.of(
                                        base,
                                        maker.delta(
                                                index(name),
                                                index(base.get()),
                                                new PackOptions(3, 2 << 20, 4 << 20),
                                                folder))));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                services.files.put("/packs/" + file.getFileName(), Files.readAllBytes(file));
            }
        }
        services.files.put("/" + PackListing.path(name), listing.toJson().getBytes(StandardCharsets.UTF_8));
    }

    private long figure(String event, String name) {
        return output.lines()
                .filter(line -> line.contains("\"event\":\"" + event + "\""))
                .map(line -> line.replaceAll(".*?\"" + name + "\":(\\d+).*", "$1"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + output));
    }

    private static Map<String, byte[]> contents(Path folder) throws IOException {
        Map<String, byte[]> contents = new java.util.TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private void assertUpdated() throws IOException {
        assertThat(contents(game)).containsExactlyInAnyOrderEntriesOf(contents(second));
    }

    @Test
    void anInstallTakesTheInstallPackInAFewRequests() throws IOException {
        game = temp.resolve("another");
        update();
        assertUpdated();
        assertThat(services.requests("GET /chunks/")).isEmpty();
        assertThat(services.requests("GET /packs/")).hasSizeLessThan(8);
        assertThat(output).contains("\"source\":\"install pack\"");
        assertThat(figure("result", "requests")).isEqualTo(figure("plan", "requests"));
        assertThat(figure("result", "fetched_bytes")).isEqualTo(figure("plan", "fetch_bytes"));
    }

    @Test
    void anUpdateTakesTheDeltaPackAndFetchesFarLessThanItsChunks() throws IOException {
        update();
        assertUpdated();
        assertThat(services.requests("GET /chunks/")).isEmpty();
        assertThat(output).contains("\"source\":\"delta pack\"");
        // The program is new in every chunk and old in nearly every byte.
        assertThat(figure("result", "fetched_bytes")).isLessThan(700_000);
        assertThat(figure("result", "fetched_bytes")).isEqualTo(figure("plan", "fetch_bytes"));
        assertThat(figure("result", "written_bytes")).isEqualTo(FILE_BYTES + 400_000);
    }

    @Test
    void aSpoiltPackCostsOnlyWhatItWouldHaveSaved() throws IOException {
        services.files.replaceAll((path, bytes) -> {
            byte[] spoilt = bytes.clone();
            if (path.endsWith(".capack")) {
                Arrays.fill(spoilt, spoilt.length / 3, spoilt.length, (byte) 5);
            }
            return spoilt;
        });
        update();
        assertUpdated();
        assertThat(services.requests("GET /chunks/")).isNotEmpty().doesNotHaveDuplicates();
    }

    @Test
    void aChangedBaseCostsOnlyTheFramesThatNeedIt() throws IOException {
        services.fault = (exchange, path) -> {
            if (path.endsWith(".capack")) {
                byte[] program = Files.readAllBytes(game.resolve("program"));
                Arrays.fill(program, 0, 10, (byte) 3);
                Files.write(game.resolve("program"), program);
            }
            return false;
        };
        update();
        assertUpdated();
    }

    @Test
    void nothingWrongWithTheListOfPacksOrTheirIndexesEndsAnUpdate() throws IOException {
        String listing = services.files.keySet().stream()
                .filter(path -> path.endsWith(".json") && path.startsWith("/packs/"))
                .filter(path -> !path.contains(oldIndex()))
                .findFirst()
                .orElseThrow();
        byte[] sound = services.files.get(listing);
        services.files.put(listing, "{\"schema\":1,".getBytes(StandardCharsets.UTF_8));
        update();
        assertUpdated();
        assertThat(output).contains("packs cannot be used");

        game = temp.resolve("another");
        services.files.put(listing, sound);
        services.files.replaceAll((path, bytes) -> path.endsWith(".capkx")
                ? ByteBuffer.allocate(bytes.length).put(bytes, 0, 50).array()
                : bytes);
        update();
        assertUpdated();
        assertThat(output).contains("packs cannot be used");

        game = temp.resolve("a third");
        services.files.remove(listing);
        update();
        assertUpdated();
        assertThat(output).doesNotContain("packs cannot be used");
        assertThat(services.requests("GET /chunks/")).isNotEmpty();
    }

    private String oldIndex() {
        return indexes().stream()
                .min(java.util.Comparator.comparingLong(name -> index(name).blobSize()))
                .orElseThrow();
    }
}
