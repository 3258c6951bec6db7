package org.vsekai.nebula.launcher.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.launcher.cli.Vsekai;
import picocli.CommandLine;

/** What an update writes, what disk it takes, and from where it takes parts: on real file systems, some of them small. */
class InPlaceIT {
    private static final int FILES = 8;
    private static final int FILE_BYTES = 1_500_000;

    @TempDir
    private Path temp;

    private final List<Path> mounts = new ArrayList<>();
    private Services services;
    private Path game;
    private Path first;
    private Path second;
    private String output = "";

    @BeforeEach
    void startWithTwoVersions() throws IOException {
        services = new Services();
        game = temp.resolve("game");
        first = temp.resolve("first");
        second = temp.resolve("second");
        for (int i = 0; i < FILES; i++) {
            write(first, "data/pack" + i, i);
            write(second, "data/pack" + i, i == 3 ? 100 : i);
        }
        write(second, "a-new", 101);
    }

    @AfterEach
    void stop() throws Exception {
        services.close();
        for (Path mount : mounts.reversed()) {
            run("umount", mount.toString());
        }
    }

    private static void write(Path root, String name, int seed) throws IOException {
        byte[] bytes = new byte[FILE_BYTES];
        new Random(seed).nextBytes(bytes);
        Files.createDirectories(root.resolve(name).getParent());
        Files.write(root.resolve(name), bytes);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private Path mountTmpfs(String name, long bytes) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to mount a tmpfs");
        Path mount = Files.createDirectories(temp.resolve(name));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", mount.toString()) == 0,
                "cannot mount a tmpfs");
        mounts.add(mount);
        return mount;
    }

    private static void resize(Path mount, long bytes) throws Exception {
        assertThat(run("mount", "-o", "remount,size=" + bytes, mount.toString()))
                .isZero();
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

    private void publish(String version, Path folder) {
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
        services.log.clear();
    }

    private int update(String... more) {
        return vsekai(Stream.concat(Stream.of("update", "--json", "--mode", "stable", "--no-desktop"), Stream.of(more))
                .toArray(String[]::new));
    }

    private void installFirst() {
        publish("0.1.0", first);
        assertThat(update(game.toString())).as(() -> output).isZero();
        services.log.clear();
    }

    /** A number of the plan, or of the result where the plan has none of that name. */
    private long figure(String name) {
        return output.lines()
                .filter(line -> line.contains("\"event\":\"result\"") || line.contains("\"event\":\"plan\""))
                .filter(line -> line.contains("\"" + name + "\":"))
                .map(line -> line.replaceAll(".*?\"" + name + "\":(\\d+).*", "$1"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + output));
    }

    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(path -> !path.startsWith(root.resolve(".vsekai")))
                    .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                tree.put(root.relativize(path).toString(), Digests.sha256(path));
            }
        }
        return tree;
    }

    private long chunksFetched() {
        return services.requests("GET /chunks/").size();
    }

    @Test
    void withoutSharedBlocksUnchangedFilesStayTheSameFilesAndOnlyChangedOnesAreWritten() throws Exception {
        game = mountTmpfs("disk", 64 << 20).resolve("game");
        installFirst();
        Object before = Files.getAttribute(game.resolve("data/pack1"), "unix:ino");
        publish("0.2.0", second);
        assertThat(update(game.toString())).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
        assertThat(Files.getAttribute(game.resolve("data/pack1"), "unix:ino")).isEqualTo(before);
        assertThat(Files.getAttribute(game.resolve("data/pack1"), "unix:nlink")).isEqualTo(1);
        assertThat(figure("written_bytes")).isEqualTo(2 * FILE_BYTES);
        assertThat(figure("kept_bytes")).isEqualTo((FILES - 1) * FILE_BYTES);
        assertThat(figure("write_bytes")).isEqualTo(2 * FILE_BYTES);
        assertThat(figure("fetched_bytes")).isBetween(2L * FILE_BYTES, 2L * FILE_BYTES + 300_000);
    }

    @Test
    void anUpdateFitsIntoExactlyTheSpaceThatItsPlanNames() throws Exception {
        Path disk = mountTmpfs("disk", 64 << 20);
        game = disk.resolve("game");
        installFirst();
        publish("0.2.0", second);
        long used = Files.getFileStore(disk).getTotalSpace()
                - Files.getFileStore(disk).getUsableSpace();
        resize(disk, used + FILE_BYTES);
        assertThat(update(game.toString())).isEqualTo(5);
        assertThat(output).contains("the disk is too full");
        assertThat(chunksFetched()).isZero();
        assertThat(tree(game)).isEqualTo(tree(first));

        long space = figure("space_bytes");
        assertThat(space).isLessThan(2 * FILE_BYTES + 300_000);
        // The refused run left the manifest and the index, which were on the disk before the plan was made.
        long now = Files.getFileStore(disk).getTotalSpace()
                - Files.getFileStore(disk).getUsableSpace();
        resize(disk, now + space);
        assertThat(update(game.toString())).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
    }

    @Test
    void aDiskThatFillsUpMeanwhileEndsTheUpdateAndItGoesOnLater() throws Exception {
        Path disk = mountTmpfs("disk", 64 << 20);
        game = disk.resolve("game");
        installFirst();
        publish("0.2.0", second);
        AtomicBoolean filled = new AtomicBoolean();
        services.fault = (exchange, path) -> {
            if (path.startsWith("/chunks/") && filled.compareAndSet(false, true)) {
                long free = Files.getFileStore(disk).getUsableSpace();
                Files.write(disk.resolve("filler"), new byte[(int) free - FILE_BYTES / 2]);
            }
            return false;
        };
        assertThat(update(game.toString())).as(() -> output).isEqualTo(5);
        assertThat(output).contains(disk.toString(), "run the update again");
        assertThat(tree(game)).isEqualTo(tree(first));
        Files.delete(disk.resolve("filler"));
        long before = chunksFetched();
        assertThat(before).isPositive();
        assertThat(update(game.toString())).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
        assertThat(figure("written_bytes")).isLessThan(2 * FILE_BYTES);
    }

    @Test
    void theGamesOwnFileIsNotWrittenToThoughAnEarlierRunHasLinkedIt() throws Exception {
        game = mountTmpfs("disk", 64 << 20).resolve("game");
        installFirst();
        write(second, "z-last", 102);
        publish("0.2.0", second);
        Path linked = game.resolve("data/pack5");
        List<String> chunks = services.files.keySet().stream()
                .filter(path -> path.startsWith("/chunks/"))
                .toList();
        String last = lastChunk();
        assertThat(chunks).contains(last);
        services.fault = (exchange, path) -> {
            if (path.equals(last)) {
                Services.problem(exchange, 404, "GONE");
                return true;
            }
            return false;
        };
        assertThat(update(game.toString())).as(() -> output).isNotZero();
        assertThat(Files.getAttribute(linked, "unix:nlink")).isEqualTo(2);
        byte[] mine = Files.readAllBytes(linked);
        mine[1000]++;
        Files.write(linked, mine, StandardOpenOption.WRITE);
        assertThat(update(game.toString())).as(() -> output).isNotZero();
        assertThat(linked).hasBinaryContent(mine);
        services.fault = (exchange, path) -> false;
        assertThat(update(game.toString())).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
    }

    /** The path of a chunk of z-last's end that nothing else has. */
    private String lastChunk() throws IOException {
        String index = services.files.keySet().stream()
                .filter(path -> path.startsWith("/indexes/"))
                .filter(path -> {
                    try {
                        return ChunkIndexCodec.read(services.files.get(path), path)
                                        .blobSize()
                                > (FILES + 2L) * FILE_BYTES;
                    } catch (RuntimeException e) {
                        return false;
                    }
                })
                .findFirst()
                .orElseThrow();
        var read = ChunkIndexCodec.read(services.files.get(index), index);
        return Services.chunkPath(read.id(read.chunkCount() - 4));
    }

    @Test
    void whatAnInterruptedUpdateBuiltServesANewerVersionToo() throws IOException {
        installFirst();
        publish("0.2.0", second);
        Set<String> given = ConcurrentHashMap.newKeySet();
        String last = lastChunkOfPack3();
        services.fault = (exchange, path) -> {
            if (path.equals(last)) {
                // Once pack3 is begun, a-new before it is whole.
                eventually(() -> isBegun("data/pack3"));
                Services.problem(exchange, 404, "GONE");
                return true;
            }
            if (path.startsWith("/chunks/")) {
                given.add("GET " + path);
            }
            return false;
        };
        assertThat(update(game.toString())).isNotZero();
        services.fault = (exchange, path) -> false;
        write(second, "zz", 103);
        publish("0.3.0", second);
        assertThat(update(game.toString())).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
        // Of a-new, pack3 and zz, some of the first was built by then.
        assertThat(figure("written_bytes")).isLessThan(3 * FILE_BYTES);
        assertThat(services.requests("GET /chunks/")).doesNotContainAnyElementsOf(given);
    }

    /** The path of the last chunk of pack3 that the first version lacks. Behind it only the archive's own tables changed. */
    private String lastChunkOfPack3() {
        List<ChunkIndex> indexes = services.files.keySet().stream()
                .filter(path -> path.startsWith("/indexes/"))
                .map(path -> ChunkIndexCodec.read(services.files.get(path), path))
                .sorted(Comparator.comparingLong(ChunkIndex::blobSize))
                .toList();
        assertThat(indexes).hasSize(2);
        ChunkIndex old = indexes.getFirst();
        Set<ChunkId> known = new HashSet<>();
        for (int i = 0; i < old.chunkCount(); i++) {
            known.add(old.id(i));
        }
        ChunkIndex fresh = indexes.getLast();
        // Before it are a-new and three packs.
        ChunkId last = IntStream.range(0, fresh.chunkCount())
                .filter(i -> fresh.end(i) < 5L * FILE_BYTES)
                .mapToObj(fresh::id)
                .filter(id -> !known.contains(id))
                .reduce((before, after) -> after)
                .orElseThrow();
        return Services.chunkPath(last);
    }

    /** Whether a file of the tree that is being built is there, outside the versions and the installed files. */
    private boolean isBegun(String file) {
        try (Stream<Path> files = Files.walk(temp)) {
            return files.anyMatch(path -> path.endsWith(file)
                    && !path.startsWith(first)
                    && !path.startsWith(second)
                    && !path.equals(game.resolve(file)));
        } catch (IOException | UncheckedIOException e) {
            // Files come and go.
            return false;
        }
    }

    private static void eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("gave up waiting").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Test
    void anotherInstallationOnAnotherDiskSeedsByItsRecordsAndIsLeftAlone() throws Exception {
        Path usb = mountTmpfs("usb", 64 << 20).resolve("their game");
        publish("0.1.0", first);
        assertThat(update(usb.toString())).as(() -> output).isZero();
        resizeReadOnly(usb.getParent());
        services.log.clear();

        assertThat(update("--seed", usb.toString(), game.toString()))
                .as(() -> output)
                .isZero();

        assertThat(tree(game)).isEqualTo(tree(first));
        assertThat(chunksFetched()).isZero();
        assertThat(figure("seed_bytes")).isGreaterThan((long) FILES * FILE_BYTES);
        assertThat(Files.getAttribute(game.resolve("data/pack1"), "unix:nlink")).isEqualTo(1);
    }

    private static void resizeReadOnly(Path mount) throws Exception {
        assertThat(run("mount", "-o", "remount,ro", mount.toString())).isZero();
    }

    @Test
    void anyFolderSeedsAndWhatChangesInItMeanwhileCostsOnlyItsChunks() throws IOException {
        Path copy = temp.resolve("an old copy");
        for (int i = 0; i < FILES; i++) {
            write(copy, "elsewhere/" + i, i);
        }
        Files.delete(copy.resolve("elsewhere/7"));
        publish("0.2.0", second);
        AtomicBoolean spoilt = new AtomicBoolean();
        services.fault = (exchange, path) -> {
            if (path.startsWith("/chunks/") && spoilt.compareAndSet(false, true)) {
                // After it was cut, before it is read: one byte, a half, all, and another kind of thing.
                byte[] bytes = Files.readAllBytes(copy.resolve("elsewhere/0"));
                bytes[700_000]++;
                Files.write(copy.resolve("elsewhere/0"), bytes);
                try (var file =
                        java.nio.channels.FileChannel.open(copy.resolve("elsewhere/1"), StandardOpenOption.WRITE)) {
                    file.truncate(FILE_BYTES / 2);
                }
                Files.delete(copy.resolve("elsewhere/2"));
                Files.delete(copy.resolve("elsewhere/6"));
                Files.createDirectory(copy.resolve("elsewhere/6"));
            }
            return false;
        };
        assertThat(update("--seed", copy.toString(), game.toString()))
                .as(() -> output)
                .isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
        // New: a-new, pack3, pack7; spoilt: two and a half files and the chunk around one byte; seeded: the others,
        // without
        // the chunks at the ends of files, whose neighbours are others.
        assertThat(figure("fetched_bytes")).isBetween(3L * FILE_BYTES, 5L * FILE_BYTES + FILE_BYTES + 1_000_000);
        assertThat(figure("seed_bytes")).isBetween(5L * FILE_BYTES / 2, 6L * FILE_BYTES);
        assertThat(services.requests("GET /chunks/")).doesNotHaveDuplicates();
    }

    @Test
    void aSeedThatIsNotThereIsSaidSoBeforeAnythingIsFetched() throws IOException {
        publish("0.1.0", first);
        assertThat(update("--seed", temp.resolve("typo").toString(), game.toString()))
                .isEqualTo(1);
        assertThat(output).contains("typo", "--seed");
        assertThat(chunksFetched()).isZero();
    }

    @Test
    void aFolderWithTheRightFilesAndNoRecordsIsTakenOverWithoutFetching() throws IOException {
        publish("0.1.0", first);
        for (int i = 0; i < FILES; i++) {
            write(game, "data/pack" + i, i);
        }
        assertThat(update(game.toString())).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(first));
        assertThat(chunksFetched()).isZero();
        assertThat(figure("written_bytes")).isZero();
    }
}
