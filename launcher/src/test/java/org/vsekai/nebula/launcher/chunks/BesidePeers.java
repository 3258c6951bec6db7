package org.vsekai.nebula.launcher.chunks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.launcher.cli.Vsekai;

/** {@code vsekai chunks} in this JVM and the real peer tools, over the same folder. */
abstract class BesidePeers {
    private static final int PEER_SECONDS = 60;

    @TempDir
    Path temp;

    /** Random, so that no two of its chunks are equal. */
    Path file;

    String output = "";

    @BeforeEach
    void makeInput() throws IOException {
        byte[] bytes = new byte[3_000_000];
        new Random(7).nextBytes(bytes);
        file = Files.write(temp.resolve("blob"), bytes);
    }

    int chunks(String... arguments) {
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text, true);
        int exit = Vsekai.commandLine()
                .setOut(writer)
                .setErr(writer)
                .execute(
                        Stream.concat(Stream.of("chunks"), Stream.of(arguments)).toArray(String[]::new));
        output = text.toString();
        return exit;
    }

    /** Runs a command that must succeed. */
    void mustRun(String... arguments) {
        assertThat(chunks(arguments)).as(() -> output).isZero();
    }

    /** What a command writes to standard output as bytes. */
    byte[] standardOutputOf(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true));
        try {
            mustRun(arguments);
        } finally {
            System.setOut(before);
        }
        return bytes.toByteArray();
    }

    void desync(String... arguments) throws IOException, InterruptedException {
        assertThat(peer("desync", arguments)).as(this::log).isZero();
    }

    /** The peer's exit code; skipped where the peer is not installed, but not with CI=true. */
    int peer(String name, String... arguments) throws IOException, InterruptedException {
        Path tool = Stream.concat(
                        Stream.of(System.getProperty("nebula.tools", "")).filter(folder -> !folder.isEmpty()),
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        if (!"true".equals(System.getenv("CI"))) {
            assumeTrue(tool != null, name + " is not installed");
        }
        assertThat(tool).as("%s, needed with CI=true", name).isNotNull();
        List<String> line =
                Stream.concat(Stream.of(tool.toString()), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(temp.resolve("peer.log").toFile())
                .start();
        if (!process.waitFor(PEER_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(line + " does not end: " + log());
        }
        return process.exitValue();
    }

    String log() {
        try {
            return Files.readString(temp.resolve("peer.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    String path(String name) {
        return temp.resolve(name).toString();
    }

    String folder(String name) throws IOException {
        return Files.createDirectories(temp.resolve(name)).toString();
    }

    /** The chunks of a store, in no order. */
    List<Path> stored(String store) throws IOException {
        try (Stream<Path> all = Files.walk(temp.resolve(store))) {
            return all.filter(found -> found.toString().endsWith(".cacnk")).toList();
        }
    }
}
