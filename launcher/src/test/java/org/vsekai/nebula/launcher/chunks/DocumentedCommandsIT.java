package org.vsekai.nebula.launcher.chunks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The session of docs/chunks.md, by the packaged program. */
class DocumentedCommandsIT {
    private static final Path PAGE = Path.of("../docs/chunks.md");
    private static final int SECONDS = 60;

    @TempDir
    private Path temp;

    @Test
    void everyCommandOfTheSessionSucceeds() throws Exception {
        byte[] bytes = new byte[2_000_000];
        new Random(3).nextBytes(bytes);
        for (String version : new String[] {"v1", "v2"}) {
            Files.createDirectories(temp.resolve(version));
            Files.write(temp.resolve(version).resolve("same"), bytes);
            Files.writeString(temp.resolve(version).resolve("changes"), version);
        }
        Files.write(temp.resolve("old.bin"), bytes);
        bytes[1_000_000]++;
        Files.write(temp.resolve("new.bin"), bytes);
        List<String> commands = session();
        assertThat(commands).hasSizeGreaterThan(15);
        for (String command : commands) {
            run(command);
        }
        assertThat(temp.resolve("out.bin")).hasBinaryContent(bytes);
        assertThat(temp.resolve("slice.bin")).hasSize(4096);
        assertThat(temp.resolve("out/changes")).hasContent("v2");
    }

    private static List<String> session() throws Exception {
        List<String> commands = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("```")) {
                inside = line.equals("```sh");
            } else if (inside) {
                assertThat(line).startsWith("vsekai chunks ");
                commands.add(line);
            }
        }
        return commands;
    }

    private void run(String command) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("launcher.jar")));
        line.addAll(List.of(command.split(" ")).subList(1, command.split(" ").length));
        Path log = temp.resolve("log");
        Process process = new ProcessBuilder(line)
                .directory(temp.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as(command).isTrue();
            assertThat(process.exitValue()).as(() -> command + "\n" + read(log)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
