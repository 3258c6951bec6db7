package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The launcher, run as its users run it: a process with a home folder of its own. */
final class Vsekai {
    private static final long TIMEOUT_SECONDS = 180;

    /** How a run ended. */
    record Result(int exitCode, String out, String err) {}

    private final Path home;
    private final Map<String, String> environment = new LinkedHashMap<>();

    /** A player, or with a token a publisher, whose settings and caches lie in {@code home}. */
    Vsekai(WholeStack stack, Path home) {
        this(stack.updater(), home);
    }

    /** As above, of the updater at an address. */
    Vsekai(URI updater, Path home) {
        this.home = home;
        environment.put("VSEKAI_SERVER", updater.toString());
        environment.put("HOME", home.toString());
        environment.put("XDG_DATA_HOME", home.resolve("data").toString());
        environment.put("XDG_CONFIG_HOME", home.resolve("config").toString());
        environment.put("XDG_CACHE_HOME", home.resolve("cache").toString());
    }

    Vsekai with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Runs to the end and expects success. */
    Result run(String... arguments) throws IOException, InterruptedException {
        Result result = attempt(arguments);
        assertThat(result.exitCode())
                .as("vsekai %s\n%s%s", String.join(" ", arguments), result.out(), result.err())
                .isZero();
        return result;
    }

    /** Runs to the end, however it ends. */
    Result attempt(String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(Files.createDirectories(home), "out", ".log");
        Path err = Files.createTempFile(home, "err", ".log");
        Process process = builder(arguments)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    "vsekai " + String.join(" ", arguments) + " did not end:\n" + Files.readString(err));
        }
        return new Result(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    /** The process to start, its streams not yet directed anywhere. */
    ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Duser.home=" + home,
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                SourceTree.root()
                        .resolve("launcher/target/nebula-launcher-0.1.0-all.jar")
                        .toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("VSEKAI_") || name.startsWith("XDG_"));
        builder.environment().putAll(environment);
        return builder;
    }
}
