package org.vsekai.nebula.launcher.chunks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The memory of make and extract does not grow with the blob: a heap that holds a fraction of it suffices, and what is
 * resident, native memory included, stays below the bound that the documents give.
 */
@EnabledOnOs(OS.LINUX)
class MemoryIT {
    private static final long BLOB_BYTES = 384L << 20;
    private static final long RESIDENT_KIB = 256L << 10;
    private static final Path GNU_TIME = Path.of("/usr/bin/time");

    @TempDir
    private Path folder;

    private long peakKib(String... arguments) throws Exception {
        Path figure = folder.resolve("peak");
        Path output = folder.resolve("output");
        List<String> line = new ArrayList<>(List.of(GNU_TIME.toString(), "-q", "-f", "%M", "-o", figure.toString()));
        line.addAll(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
        line.addAll(List.of("-Xmx96m", "-jar", System.getProperty("launcher.jar"), "chunks"));
        line.addAll(List.of(arguments));
        int exit = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        assertThat(exit).as(Files.readString(output)).isZero();
        return Long.parseLong(Files.readString(figure).strip());
    }

    /** Mostly new bytes, and a hole as long as they are. */
    private Path blob() throws IOException {
        Path file = folder.resolve("blob");
        byte[] block = new byte[1 << 20];
        Random random = new Random(4);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long written = 0; written < BLOB_BYTES; written += block.length) {
                if (written < BLOB_BYTES / 2) {
                    random.nextBytes(block);
                } else {
                    Arrays.fill(block, (byte) 0);
                }
                out.write(block);
            }
        }
        return file;
    }

    @Test
    void makeAndExtractTakeAFractionOfTheBlobsSize() throws Exception {
        assumeTrue(Files.isExecutable(GNU_TIME), "GNU time is not installed");
        Path blob = blob();
        String store = folder.resolve("store").toString();
        String index = folder.resolve("blob.caibx").toString();
        Path out = folder.resolve("out");

        assertThat(peakKib("make", "-s", store, index, blob.toString())).isLessThan(RESIDENT_KIB);
        assertThat(peakKib("extract", "-s", store, index, out.toString())).isLessThan(RESIDENT_KIB);
        assertThat(Files.mismatch(out, blob)).isEqualTo(-1);
    }
}
