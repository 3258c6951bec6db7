package org.vsekai.nebula.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The main job from end to end, on a stack of its own in a temporary folder: two versions are published, the old one is installed
 * as a player, updated to the new one, and compared with the published folder file by file. The launcher runs as its users run it,
 * as a process that knows the server's address and nothing else. Nothing is left behind, whether it succeeds, fails or is
 * interrupted.
 */
final class Demo implements AutoCloseable {
    private static final String MODE = "stable";
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private final PrintStream out;
    private final Path folder;
    private @Nullable Stack stack;
    private volatile @Nullable Process launcher;
    private boolean closed;

    Demo(Path home, PrintStream out) throws IOException {
        this.home = home;
        this.out = out;
        this.folder = Files.createTempDirectory("nebula-demo-");
    }

    /** @throws StackException at the first thing that is not as it should be */
    void run(Path oldVersion, Path newVersion) throws IOException, InterruptedException {
        Path player = folder.resolve("player");
        say("Starting the stack in " + folder);
        Stack started = start();

        say("Creating the mode " + MODE);
        createMode(started);
        say("Publishing " + oldVersion + " as version 0.1.0");
        vsekai(started, "publish", "--mode", MODE, "--version", "0.1.0", oldVersion.toString());

        say("Installing the newest version as a player");
        vsekai(started, "mode", "switch", "--mode_name", MODE);
        long installed = update(started, player);
        compare(oldVersion, player);

        say("Publishing " + newVersion + " as version 0.2.0");
        vsekai(started, "publish", "--mode", MODE, "--version", "0.2.0", newVersion.toString());

        say("Updating the player's copy");
        long updated = update(started, player);
        vsekai(started, "verify", player.toString());
        compare(newVersion, player);

        long oldBytes = Trees.bytes(oldVersion);
        long newBytes = Trees.bytes(newVersion);
        say("Install: downloaded " + megabytes(installed) + " for " + megabytes(oldBytes) + " of files");
        say(String.format(
                Locale.ROOT,
                "Update:  downloaded %s of %s, %.1f %% of the full size",
                megabytes(updated),
                megabytes(newBytes),
                100.0 * updated / Math.max(1, newBytes)));
    }

    private Stack start() {
        Stack prepared;
        synchronized (this) {
            if (closed) {
                throw new StackException("The demonstration was interrupted");
            }
            prepared = Stack.prepare(new Stack.Options(home, folder.resolve("stack"), 0, null, null, Map.of()));
            stack = prepared;
        }
        prepared.launch();
        return prepared;
    }

    private void say(String line) {
        out.println("demo: " + line);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
    }

    private static void createMode(Stack stack) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                            stack.url(Service.UPDATER).resolve("api/v1/modes"))
                    .timeout(REQUEST_TIMEOUT)
                    .header("Authorization", "Bearer " + stack.token())
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"" + MODE + "\"}"))
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 201) {
                throw new StackException(
                        "The mode cannot be created: " + response.statusCode() + " " + response.body());
            }
        }
    }

    /** Installs or updates, and returns how many bytes that fetched. */
    private long update(Stack running, Path player) throws IOException, InterruptedException {
        for (String line : vsekai(running, "--json", "update", player.toString())) {
            JsonNode event = JSON.readTree(line);
            if ("result".equals(event.path("event").asText())) {
                return event.path("fetched_bytes").asLong();
            }
        }
        throw new StackException("The launcher told no result of the update");
    }

    /** Runs the launcher and returns the lines that it printed, which are also shown unless they are for programs. */
    private List<String> vsekai(Stack running, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A player's settings and desktop entries belong into the demonstration's folder, not into the user's.
        command.add("-Duser.home=" + folder.resolve("home"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-jar", launcherJar().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("VSEKAI_") || name.startsWith("XDG_"));
        builder.environment().put("HOME", folder.resolve("home").toString());
        builder.environment().put("VSEKAI_SERVER", running.url(Service.UPDATER).toString());
        builder.environment().put("VSEKAI_TOKEN", running.token());
        Process process = builder.start();
        launcher = process;
        process.getOutputStream().close();
        List<String> lines = new ArrayList<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                if (!line.startsWith("{")) {
                    out.println("  " + line);
                }
            }
        }
        int exitCode = process.waitFor();
        if (exitCode != 0) {
            throw new StackException("vsekai " + String.join(" ", arguments) + " ended with exit code " + exitCode
                    + ":\n" + String.join("\n", lines));
        }
        return lines;
    }

    private Path launcherJar() {
        Path jar = home.resolve("launcher/target/nebula-launcher-0.1.0-all.jar");
        if (!Files.isRegularFile(jar)) {
            throw new StackException("The launcher is not built (" + jar + "): run ./nebula build");
        }
        return jar;
    }

    private void compare(Path published, Path installed) throws IOException {
        List<String> differences = Trees.differences(published, installed);
        if (!differences.isEmpty()) {
            throw new StackException(
                    "The player's copy differs from " + published + ":\n  " + String.join("\n  ", differences));
        }
        say("The player's copy equals " + published + " in every file");
    }

    /** Ends what runs and deletes the temporary folder; may be called again and from a shutdown hook. */
    @Override
    public void close() {
        Process running = launcher;
        if (running != null) {
            running.destroyForcibly();
        }
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            try {
                if (stack != null) {
                    stack.close();
                }
            } finally {
                Trees.delete(folder);
            }
        }
    }
}
