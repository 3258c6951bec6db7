package org.vsekai.nebula.benchmarks.packs;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.pack.PackMaker;
import org.vsekai.nebula.casync.pack.PackOptions;
import org.vsekai.nebula.casync.store.LocalChunkStore;

/** What the server's worker does, as a process of its own so that its memory can be measured: makes one pack. */
final class Maker {
    private Maker() {}

    /** Arguments: store, folder for the pack, file for the pack index's name, new index, and for a delta the old index. */
    public static void main(String[] arguments) throws Exception {
        PackMaker maker = new PackMaker(new LocalChunkStore(Path.of(arguments[0])));
        Path folder = Path.of(arguments[1]);
        ChunkIndex index = ChunkIndexCodec.read(Path.of(arguments[3]));
        PackMaker.Made made = arguments.length == 4
                ? maker.install(index, PackOptions.INSTALL, folder)
                : maker.delta(index, ChunkIndexCodec.read(Path.of(arguments[4])), PackOptions.DELTA, folder);
        Files.writeString(Path.of(arguments[2]), made.packIndex().packIndexFile(), StandardCharsets.US_ASCII);
    }
}
