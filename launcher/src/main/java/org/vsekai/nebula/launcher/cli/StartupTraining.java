package org.vsekai.nebula.launcher.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.vsekai.nebula.launcher.ExitCode;

/**
 * What the build runs to record a start-up: the commands that handle much data, on a little of it. The JVM keeps which
 * classes they need and which methods were hot (JEP 483, JEP 515), and the launcher's script starts with that.
 */
final class StartupTraining {
    private static final int BLOB_BYTES = 24 << 20;
    private static final int WORDS = 4096;

    private StartupTraining() {}

    /** @param arguments a folder to work in */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        Path work = Files.createTempDirectory(folder, "run-");
        String blob = Files.write(work.resolve("blob"), blob()).toString();
        String store = work.resolve("store").toString();
        String index = work.resolve("blob.caibx").toString();
        String out = work.resolve("out").toString();
        List<List<String>> commands = List.of(
                List.of("--version"),
                List.of("chunks", "make", "-s", store, index, blob),
                List.of("chunks", "make", "-s", store, index, blob),
                List.of("chunks", "extract", "-s", store, index, out),
                List.of("chunks", "extract", "-s", store, "--seed", blob, index, out + "2"),
                List.of("chunks", "verify", index, blob),
                List.of("chunks", "verify", "-s", store));
        for (List<String> command : commands) {
            String[] line = command.toArray(String[]::new);
            int exit = Vsekai.commandLine(line).execute(line);
            if (exit != ExitCode.OK.code()) {
                throw new IOException("vsekai " + String.join(" ", command) + " ended with " + exit);
            }
        }
    }

    /** Half as large when compressed, as programs are, and the same in every build. */
    private static byte[] blob() {
        Random random = new Random(25);
        byte[] words = new byte[WORDS * 8];
        random.nextBytes(words);
        byte[] blob = new byte[BLOB_BYTES];
        for (int at = 0; at + 8 <= blob.length; at += 8) {
            System.arraycopy(words, 8 * random.nextInt(WORDS), blob, at, 8);
        }
        return blob;
    }
}
