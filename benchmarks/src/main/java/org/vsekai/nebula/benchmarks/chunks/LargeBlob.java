package org.vsekai.nebula.benchmarks.chunks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A large file out of a smaller one: copy after copy, each changed throughout, so that no chunk occurs twice. */
final class LargeBlob {
    private static final int BLOCK = 4096;

    private LargeBlob() {}

    /** Writes exactly {@code size} bytes. Every 4 KiB of a copy one byte carries the copy's number. */
    static Path write(Path source, Path target, long size) throws IOException {
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(target)) {
            long left = size;
            for (int copy = 0; left > 0; copy++) {
                try (InputStream in = Files.newInputStream(source)) {
                    for (int n = in.readNBytes(block, 0, BLOCK);
                            n > 0 && left > 0;
                            n = in.readNBytes(block, 0, BLOCK)) {
                        block[0] ^= (byte) copy;
                        int length = (int) Math.min(left, n);
                        out.write(block, 0, length);
                        left -= length;
                    }
                }
                if (left == size) {
                    throw new IOException(source + " is empty");
                }
            }
        }
        return target;
    }
}
