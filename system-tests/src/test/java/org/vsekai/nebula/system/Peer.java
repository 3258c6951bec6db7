package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real program to compare with: looked for in the folder {@code nebula.tools}, then on PATH. */
public record Peer(Path program) {
    private static final long TIMEOUT_SECONDS = 120;

    /** The program; without it the test fails in continuous integration and is skipped elsewhere. */
    public static Peer find(String name) {
        Optional<Path> found =
                candidates(name).stream().filter(Files::isExecutable).findFirst();
        if ("true".equals(System.getenv("CI"))) {
            assertThat(found).as("%s, which CI must have", name).isPresent();
        }
        assumeThat(found).as("%s is not installed", name).isPresent();
        return new Peer(found.orElseThrow());
    }

    private static List<Path> candidates(String name) {
        List<Path> candidates = new ArrayList<>();
        String tools = System.getProperty("nebula.tools", "");
        if (!tools.isBlank()) {
            candidates.add(Path.of(tools, name));
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            candidates.add(Path.of(folder, name));
        }
        return candidates;
    }

    /** Runs it and expects success; its output, both streams together. */
    public String run(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Path log = Files.createTempFile("peer", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end");
            }
            String output = Files.readString(log, StandardCharsets.ISO_8859_1);
            assertThat(process.exitValue()).as("%s\n%s", command, output).isZero();
            return output;
        } finally {
            Files.delete(log);
        }
    }
}
