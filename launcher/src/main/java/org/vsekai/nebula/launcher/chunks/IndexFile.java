package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;

/** An index as commands name it: a path, or {@code -} for a standard stream. */
final class IndexFile {
    private static final String STANDARD_STREAM = "-";

    private IndexFile() {}

    static boolean isStandardStream(String name) {
        return name.equals(STANDARD_STREAM);
    }

    static ChunkIndex read(String name) throws IOException {
        return isStandardStream(name)
                ? ChunkIndexCodec.read(System.in, "standard input", ChunkIndexCodec.DEFAULT_MAX_BYTES)
                : ChunkIndexCodec.read(Path.of(name));
    }

    static void write(ChunkIndex index, String name) throws IOException {
        if (isStandardStream(name)) {
            OutputStream out = System.out;
            ChunkIndexCodec.write(index, out);
            out.flush();
        } else {
            ChunkIndexCodec.write(index, Path.of(name));
        }
    }
}
