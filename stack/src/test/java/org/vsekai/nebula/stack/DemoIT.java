package org.vsekai.nebula.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration as a user runs it, on the packaged services and launcher. */
class DemoIT {
    private static final Path HOME =
            Path.of(System.getProperty("nebula.home", "..")).toAbsolutePath().normalize();

    @TempDir
    Path temporary;

    private Path oldVersion;
    private Path newVersion;
    private Path scratch;
    private Path output;

    @BeforeEach
    void twoVersions() throws IOException {
        byte[] common = new byte[3 << 20];
        new Random(7).nextBytes(common);
        oldVersion = version("old", common);
        Files.writeString(oldVersion.resolve("only in old"), "gone");
        common[1 << 20] ^= 1;
        newVersion = version("new", common);
        Files.writeString(newVersion.resolve("grün"), "new");
        Files.writeString(newVersion.resolve("data/run.sh"), "#!/bin/sh\n");
        assertThat(newVersion.resolve("data/run.sh").toFile().setExecutable(true))
                .isTrue();
        scratch = Files.createDirectory(temporary.resolve("scratch"));
        output = temporary.resolve("output");
    }

    private Path version(String name, byte[] bulk) throws IOException {
        Path root = temporary.resolve(name);
        Files.createDirectories(root.resolve("data/empty"));
        Files.write(root.resolve("data/bulk"), bulk);
        Files.writeString(root.resolve("data/run.sh"), "#!/bin/sh\nold\n");
        Files.createSymbolicLink(root.resolve("link"), Path.of("data/run.sh"));
        return root;
    }

    @Test
    void aPlayersCopyFollowsThePublishedVersionsAndNothingIsLeftBehind() throws Exception {
        Process demo = launch(oldVersion, newVersion);
        assertThat(demo.waitFor(8, TimeUnit.MINUTES)).isTrue();
        List<String> lines = Files.readAllLines(output);
        assertThat(demo.exitValue()).as(String.join("\n", lines)).isZero();
        assertThat(lines.getLast()).isEqualTo("demo: ok");
        assertThat(lines).anyMatch(line -> line.matches("demo: Update:  downloaded 0\\.\\d\\d MB of 3\\.15 MB, .*"));
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aVersionThatCannotBePublishedFailsItAndNothingIsLeftBehind() throws Exception {
        Process demo = launch(oldVersion, temporary.resolve("missing"));
        assertThat(demo.waitFor(8, TimeUnit.MINUTES)).isTrue();
        assertThat(demo.exitValue()).isNotZero();
        assertThat(Files.readString(output)).contains("missing").doesNotContain("demo: ok");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void interruptedItLeavesNothingBehind() throws Exception {
        Process demo = launch(oldVersion, newVersion);
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (!Files.readString(output).contains("Publishing")) {
            assertThat(demo.isAlive()).as(this::read).isTrue();
            assertThat(System.nanoTime()).isLessThan(deadlineNanos);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        // Not SIGINT, which a test run in the background of a shell inherits as ignored; both end the JVM the same way.
        new ProcessBuilder("kill", "-TERM", Long.toString(demo.pid())).start().waitFor();
        assertThat(demo.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isNotZero();
        assertThat(read()).doesNotContain("demo: ok");
        assertThat(leftovers()).isEmpty();
    }

    private String read() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Process launch(Path older, Path newer) throws IOException {
        Files.createFile(output);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + scratch,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "demo",
                        "--home",
                        HOME.toString(),
                        older.toString(),
                        newer.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Files in the demonstration's temporary folder, and processes that have it in their command or environment. */
    private List<String> leftovers() throws IOException {
        List<String> leftovers = new ArrayList<>();
        try (Stream<Path> files = Files.list(scratch)) {
            files.forEach(file -> leftovers.add(file.toString()));
        }
        ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(scratch.toString()))
                .forEach(process -> leftovers.add(process.info().toString()));
        return leftovers;
    }
}
