package org.vsekai.nebula.launcher.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.assemble.AssemblyOptions;
import org.vsekai.nebula.launcher.cli.Vsekai;
import org.vsekai.nebula.launcher.files.Trees;
import org.vsekai.nebula.launcher.swap.Swap;
import picocli.CommandLine;

/** Publishes and follows through the command line, against a server that logs every request. */
class UpdateIT {
    @TempDir
    private Path temp;

    private Services services;
    private Path game;
    private Path first;
    private Path second;
    private String output = "";

    @BeforeEach
    void startWithTwoVersions() throws IOException {
        services = new Services();
        game = temp.resolve("games/v sekai");
        first = temp.resolve("first");
        second = temp.resolve("second");
        Random random = new Random(42);
        Path data = Files.createDirectories(first.resolve("data"));
        for (int i = 0; i < 4; i++) {
            byte[] bytes = new byte[600_000];
            random.nextBytes(bytes);
            Files.write(data.resolve("pack" + i), bytes);
        }
        Files.write(first.resolve("zeros"), new byte[700_000]);
        Files.writeString(first.resolve("run"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(first.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(first.resolve("gone"), "only in the first");
        Files.createSymbolicLink(first.resolve("link"), Path.of("data/pack0"));
        copy(first, second);
        Files.delete(second.resolve("gone"));
        byte[] changed = Files.readAllBytes(second.resolve("data/pack1"));
        changed[300_000]++;
        Files.write(second.resolve("data/pack1"), changed);
        Files.writeString(second.resolve("data/new \u00e9"), "only in the second");
    }

    @AfterEach
    void stop() {
        System.clearProperty(Swap.EXCHANGE_PROPERTY);
        services.close();
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
        assertThat(vsekai(
                        "publish",
                        "--mode",
                        "stable",
                        "--create-mode",
                        "--version",
                        version,
                        "--token",
                        Services.TOKEN,
                        folder.toString()))
                .as(() -> output)
                .isZero();
    }

    private int update(String... more) {
        return vsekai(
                Stream.concat(Stream.of("update", "--mode", "stable", "--no-desktop", game.toString()), Stream.of(more))
                        .toArray(String[]::new));
    }

    private void install() {
        publish("0.1.0", first);
        assertThat(update()).as(() -> output).isZero();
        services.log.clear();
    }

    @Test
    void installsUpdatesAndSaysWhenThereIsNothingToDo() throws IOException {
        install();
        assertThat(tree(game)).isEqualTo(tree(first));
        publish("0.2.0", second);
        services.log.clear();

        assertThat(update()).as(() -> output).isZero();

        assertThat(tree(game)).isEqualTo(tree(second));
        assertThat(work()).doesNotExist();
        List<String> chunks = services.requests("GET /chunks/");
        assertThat(chunks).hasSizeBetween(1, 6).doesNotHaveDuplicates();
        assertThat(Files.getPosixFilePermissions(game.resolve("run")))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
        services.log.clear();
        assertThat(update()).as(() -> output).isZero();
        assertThat(output).contains("the newest version");
        assertThat(services.requests("GET /chunks/")).isEmpty();
        assertThat(vsekai("verify", game.toString())).as(() -> output).isZero();
        assertThat(vsekai("status", "--json", game.toString())).isZero();
        assertThat(output).contains("\"version\":\"0.2.0\"", "\"state\":\"Idle\"");
    }

    @Test
    void tellsStepsAndStatesInTheirOrder() {
        publish("0.1.0", first);
        assertThat(update("--json")).isZero();
        List<String> steps = output.lines()
                .filter(line -> line.contains("\"event\":\"step\""))
                .toList();
        assertThat(steps)
                .containsExactly(Stream.of(
                                "check_launcher_folder",
                                "validate_manifest_file_and_version",
                                "ensure_correct_files_for_update",
                                "download_to_temp",
                                "delete_old_and_move_over",
                                "setup_registry_values")
                        .flatMap(step -> Stream.of("begin", "end")
                                .map(phase ->
                                        "{\"event\":\"step\",\"step\":\"" + step + "\",\"phase\":\"" + phase + "\"}"))
                        .toArray(String[]::new));
        assertThat(output.lines()
                        .filter(line -> line.contains("\"event\":\"state\""))
                        .map(line -> line.replaceAll(".*\"to\":\"([^\"]*)\".*", "$1")))
                .containsExactly(
                        "Checking",
                        "UpdateAvailable",
                        "PreparingUpdate",
                        "DownloadingUpdate",
                        "ApplyingUpdate",
                        "FinalizingUpdate",
                        "UpdateSuccessful",
                        "Updating",
                        "Idle");
    }

    @Test
    void publishingEqualContentAgainSendsNoChunk() {
        publish("0.1.0", first);
        assertThat(services.open).hasValue(0);
        services.log.clear();
        publish("0.1.1", first);
        assertThat(services.requests("PUT /chunks/")).isEmpty();
        publish("0.1.1", first);
        assertThat(output).contains("published already");
        assertThat(vsekai(
                        "publish",
                        "--mode",
                        "stable",
                        "--version",
                        "0.1.1",
                        "--token",
                        Services.TOKEN,
                        second.toString()))
                .isEqualTo(7);
        assertThat(output).contains("raise the version");
    }

    @Test
    void keepsWhatThePlayerAddedAndPutsAsideWhatIsInTheWay() throws IOException {
        install();
        Files.writeString(game.resolve("data/settings.ini"), "mine");
        Files.createDirectories(game.resolve("mods/empty"));
        Files.writeString(game.resolve("data/new \u00e9"), "in the way");
        Files.createSymbolicLink(game.resolve("mods/away"), Path.of("/etc/hostname"));
        publish("0.2.0", second);

        assertThat(update()).as(() -> output).isZero();

        assertThat(game.resolve("data/settings.ini")).hasContent("mine");
        assertThat(game.resolve("mods/empty")).isEmptyDirectory();
        assertThat(game.resolve("mods/away")).isSymbolicLink();
        assertThat(game.resolve("data/new \u00e9")).hasContent("only in the second");
        assertThat(game.resolve("data/new \u00e9.player")).hasContent("in the way");
        assertThat(game.resolve("gone")).doesNotExist();
    }

    @Test
    void installsIntoAFolderWithForeignFiles() throws IOException {
        Files.createDirectories(game);
        Files.writeString(game.resolve("notes"), "mine");
        Files.writeString(game.resolve("run"), "not the game's");
        install();
        assertThat(game.resolve("notes")).hasContent("mine");
        assertThat(game.resolve("run.player")).hasContent("not the game's");
        assertThat(game.resolve("run")).hasContent("#!/bin/sh\n");
    }

    @Test
    void adoptsACopyOfTheGameThatItDidNotInstall() throws IOException {
        Files.createDirectories(game.getParent());
        copy(first, game);
        install();
        assertThat(tree(game)).isEqualTo(tree(first));
    }

    @Test
    void worksWithoutExchange() throws IOException {
        System.setProperty(Swap.EXCHANGE_PROPERTY, "off");
        install();
        publish("0.2.0", second);
        assertThat(update()).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
        assertThat(work()).doesNotExist();
    }

    @Test
    void reportsAndRepairsDamage() throws IOException {
        install();
        byte[] bytes = Files.readAllBytes(game.resolve("data/pack2"));
        bytes[10]++;
        Files.write(game.resolve("data/pack2"), bytes);
        Files.delete(game.resolve("gone"));
        assertThat(vsekai("verify", game.toString())).isEqualTo(4);
        assertThat(output).contains("data/pack2: content differs", "gone: missing");

        assertThat(vsekai("verify", "--repair", "--mode", "stable", "--no-desktop", game.toString()))
                .as(() -> output)
                .isZero();

        assertThat(tree(game)).isEqualTo(tree(first));
        assertThat(services.requests("GET /chunks/")).hasSizeLessThan(6);
    }

    @Test
    void damagedFilesCostOnlyTheirChunksInAnUpdate() throws IOException {
        install();
        byte[] bytes = Files.readAllBytes(game.resolve("data/pack2"));
        bytes[10]++;
        Files.write(game.resolve("data/pack2"), bytes);
        publish("0.2.0", second);
        services.log.clear();
        assertThat(update()).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
        assertThat(services.requests("GET /chunks/")).hasSizeLessThan(9).doesNotHaveDuplicates();
    }

    @Test
    void anInterruptedDownloadGoesOnWhereItStopped() throws IOException {
        publish("0.1.0", first);
        int all = services.files.keySet().stream()
                .filter(path -> path.startsWith("/chunks/"))
                .toList()
                .size();
        List<String> given = new ArrayList<>();
        services.fault = (exchange, path) -> {
            synchronized (given) {
                if (path.startsWith("/chunks/") && given.size() >= 5) {
                    Services.problem(exchange, 404, "GONE");
                    return true;
                }
                if (path.startsWith("/chunks/")) {
                    given.add(path);
                }
                return false;
            }
        };
        assertThat(update()).isNotZero();
        assertThat(tree(game)).isEmpty();
        assertThat(vsekai("status", game.toString())).isZero();
        assertThat(output).contains("the last update failed in download_to_temp");
        services.fault = (exchange, path) -> false;
        services.log.clear();
        assertThat(update()).as(() -> output).isZero();
        assertThat(services.requests("GET /chunks/"))
                .doesNotContainAnyElementsOf(
                        given.stream().map(path -> "GET " + path).toList())
                .hasSizeBetween(all - 8, all - 5);
        assertThat(tree(game)).isEqualTo(tree(first));
    }

    @Test
    void aKilledLauncherLeavesTheOldVersionAndWhatItBuiltToTheNext() throws Exception {
        install();
        byte[] fresh = new byte[20_000_000];
        new Random(3).nextBytes(fresh);
        Files.write(second.resolve("data/pack3"), fresh);
        publish("0.2.0", second);
        services.log.clear();
        int answered = 150;
        Set<String> given = ConcurrentHashMap.newKeySet();
        CountDownLatch killed = new CountDownLatch(1);
        services.fault = (exchange, path) -> {
            if (path.startsWith("/chunks/")) {
                synchronized (given) {
                    if (given.size() < answered) {
                        given.add("GET " + path);
                        return false;
                    }
                }
                awaitUnchecked(killed);
            }
            return false;
        };
        Process launcher = launch();
        // So many are answered and no other. All but those in flight must come to lie in the tree.
        Path building = work().resolve("new/data/pack3");
        long expected = (answered - AssemblyOptions.MAX_IN_FLIGHT) * 16_384L;
        eventually(() -> !launcher.isAlive()
                || (given.size() == answered && Files.exists(building) && Files.size(building) > expected));
        launcher.destroyForcibly().waitFor();
        killed.countDown();
        assertThat(given).as(() -> log()).hasSize(answered);
        assertThat(tree(game)).isEqualTo(tree(first));

        services.fault = (exchange, path) -> false;
        services.log.clear();
        assertThat(update("--json")).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
        assertThat(work()).doesNotExist();
        List<String> chunks = services.requests("GET /chunks/");
        assertThat(chunks).isNotEmpty().doesNotHaveDuplicates();
        assertThat(chunks.stream().filter(given::contains)).hasSizeLessThanOrEqualTo(AssemblyOptions.MAX_IN_FLIGHT);
        assertThat(figure("written_bytes")).isLessThan(fresh.length - expected + 700_000);
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("launcher.jar"),
                        "--server",
                        services.url(),
                        "update",
                        "--mode",
                        "stable",
                        "--no-desktop",
                        game.toString())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("launcher.log").toFile())
                .start();
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void eventually(Condition condition) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** A number of the result, or of the plan, that was told with --json. */
    private long figure(String name) {
        return output.lines()
                .filter(line -> line.contains("\"event\":\"result\"") || line.contains("\"event\":\"plan\""))
                .filter(line -> line.contains("\"" + name + "\":"))
                .map(line -> line.replaceAll(".*\"" + name + "\":(\\d+).*", "$1"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + output));
    }

    private String log() {
        try {
            return Files.readString(temp.resolve("launcher.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            boolean ignored = latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void refusesALowerVersionOfTheSameMode() throws IOException {
        publish("0.1.0", first);
        publish("0.2.0", second);
        assertThat(update()).isZero();
        services.versions.get("stable").remove(services.versions.get("stable").lastKey());
        Map<String, String> before = tree(game);
        assertThat(update()).isEqualTo(4);
        assertThat(output).contains("a mode never goes back");
        assertThat(tree(game)).isEqualTo(before);
    }

    @Test
    void followsAModeThatSendsItsPlayersElsewhere() throws IOException {
        install();
        assertThat(vsekai(
                        "publish",
                        "--mode",
                        "beta",
                        "--create-mode",
                        "--version",
                        "0.0.9",
                        "--token",
                        Services.TOKEN,
                        second.toString()))
                .isZero();
        services.modes.get("stable").put("update_to", "beta");
        assertThat(update()).as(() -> output).isZero();
        assertThat(tree(game)).isEqualTo(tree(second));
        assertThat(update()).as(() -> output).isZero();
        assertThat(output).contains("the newest version");
    }

    @Test
    void asksTheNextMirrorForWhatOneSpoilsOrLacks() throws IOException {
        publish("0.1.0", first);
        try (Services cdn = new Services()) {
            cdn.files.putAll(services.files);
            cdn.files.replaceAll(
                    (path, bytes) -> path.hashCode() % 2 == 0 ? "spoilt".getBytes(StandardCharsets.UTF_8) : bytes);
            services.cdns.add(cdn.url());
            assertThat(update()).as(() -> output).isZero();
            assertThat(tree(game)).isEqualTo(tree(first));
            assertThat(cdn.requests("GET /chunks/")).isNotEmpty();
        }
    }

    @Test
    void aDeadServerEndsWithTheAddressAndLosesNothing() throws IOException {
        install();
        services.close();
        assertThat(update()).isEqualTo(3);
        assertThat(output).contains(services.url());
        assertThat(tree(game)).isEqualTo(tree(first));
        assertThat(work()).doesNotExist();
    }

    @Test
    void aServerThatDripsIsGivenUp() throws IOException {
        publish("0.1.0", first);
        services.fault = (exchange, path) -> path.startsWith("/manifests/") && drip(exchange);
        long start = System.nanoTime();
        assertThat(update()).as(() -> output).isEqualTo(3);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(30);
        assertThat(output).contains("/manifests/");
    }

    private static boolean drip(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                out.write(' ');
                out.flush();
                TimeUnit.MILLISECONDS.sleep(200);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Test
    void absurdLengthsWrongBytesAndBadManifestsAreRefused() throws IOException {
        publish("0.1.0", first);
        services.fault = (exchange, path) -> {
            if (path.startsWith("/indexes/")) {
                exchange.sendResponseHeaders(200, 9_000_000_000_000_000_000L);
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                return true;
            }
            return false;
        };
        assertThat(update()).as(() -> output).isEqualTo(4);
        assertThat(output).contains("/indexes/", "larger than");

        // What was fetched already is not asked for again.
        Trees.delete(work());
        services.fault = (exchange, path) -> {
            if (path.startsWith("/manifests/")) {
                Services.raw(exchange, 200, "{}".getBytes(StandardCharsets.UTF_8));
                return true;
            }
            return false;
        };
        assertThat(update()).as(() -> output).isEqualTo(4);
        assertThat(output).contains("/manifests/", "another SHA-256");

        services.fault = (exchange, path) -> false;
        String name = services.files.keySet().stream()
                .filter(path -> path.startsWith("/manifests/"))
                .findFirst()
                .orElseThrow();
        ObjectNode manifest = (ObjectNode) new JsonMapper().readTree(services.files.get(name));
        ((ObjectNode) manifest.path("files").get(0)).put("path", "../outside");
        byte[] bytes = manifest.toString().getBytes(StandardCharsets.UTF_8);
        String sha = Services.sha256(new java.io.ByteArrayInputStream(bytes));
        services.add(
                "stable",
                "0.1.1",
                sha + ".json",
                bytes,
                manifest.path("index").path("name").asText());
        manifest.put("version", "0.1.1");
        assertThat(update()).as(() -> output).isEqualTo(4);
        assertThat(output).contains("unsafe path '../outside'");
        assertThat(tree(game)).isEmpty();
        assertThat(game.resolveSibling("outside")).doesNotExist();
    }

    @Test
    void aFullDiskEndsClearlyAndTheUpdateGoesOnLater() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to mount a small tmpfs");
        Path mount = Files.createDirectories(temp.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount.toString()) == 0, "cannot mount a tmpfs");
        try {
            game = mount.resolve("game");
            publish("0.1.0", first);
            assertThat(update()).as(() -> output).isEqualTo(5);
            assertThat(output).contains(mount.toString(), "the disk is too full");
            assertThat(services.requests("GET /chunks/")).isEmpty();
            assertThat(tree(game)).isEmpty();
            assertThat(run("mount", "-o", "remount,size=64m", mount.toString())).isZero();
            assertThat(update()).as(() -> output).isZero();
            assertThat(tree(game)).isEqualTo(tree(first));
        } finally {
            run("umount", mount.toString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    void aSecondLauncherOnTheSameFolderIsTurnedAway() throws IOException {
        publish("0.1.0", first);
        Files.createDirectories(work());
        try (var channel = java.nio.channels.FileChannel.open(
                        work().resolve("lock"),
                        java.nio.file.StandardOpenOption.CREATE,
                        java.nio.file.StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThat(update()).isEqualTo(6);
        }
    }

    private Path work() {
        return game.resolveSibling("." + game.getFileName() + ".vsekai-work");
    }

    /** Content by path, without the launcher's own folder. */
    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        if (!Files.exists(root)) {
            return tree;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(path -> !path.equals(root) && !path.startsWith(root.resolve(".vsekai")))
                    .toList()) {
                String name = root.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    tree.put(name, "-> " + Files.readSymbolicLink(path));
                } else if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    tree.put(name, "folder");
                } else {
                    tree.put(
                            name,
                            Digests.sha256(path) + " "
                                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
                }
            }
        }
        return tree;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(
                        path,
                        to.resolve(from.relativize(path).toString()),
                        LinkOption.NOFOLLOW_LINKS,
                        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
