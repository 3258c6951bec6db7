package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Cuts a blob, stores what is new, and then writes the index: what {@code make} and {@code tar -i} share. */
final class IndexMaking {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            description = "Where the chunks go. Without it only the index is written.")
    private @Nullable String store;

    @Mixin
    private ChunkingOptions chunking = new ChunkingOptions();

    @Mixin
    private Concurrency concurrency = new Concurrency();

    @Mixin
    private StoreAccess access = new StoreAccess();

    /** @param index where it goes; on standard output, nothing else is written there */
    void make(BlobSource blob, String index) throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        boolean quiet = IndexFile.isStandardStream(index);
        try (@Nullable WritableStore target = store == null ? null : access.openForWriting(store)) {
            ChunkWriter writer = new ChunkWriter(target, concurrency.forCutting());
            ChunkIndex made = writer.write(
                    blob,
                    chunking.sizes(),
                    chunking.digest(),
                    ArchiveFlags.of(blob, chunking.digest()),
                    quiet ? bytes -> {} : new Meter(global.listener(command), "cut", blob.size()));
            StoreAccess.finish(target);
            IndexFile.write(made, index);
            if (!quiet) {
                report(global, made, writer);
            }
        }
    }

    private void report(GlobalOptions global, ChunkIndex made, ChunkWriter writer) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("size", made.blobSize());
        figures.put("chunks", made.chunkCount());
        figures.put("distinct_chunks", writer.distinctChunks());
        figures.put("stored_chunks", writer.storedChunks());
        figures.put("stored_bytes", writer.storedBytes());
        global.complete(
                command,
                "%d chunks (%d distinct) of %s; %d new, %s stored"
                        .formatted(
                                made.chunkCount(),
                                writer.distinctChunks(),
                                TerminalText.bytes(made.blobSize()),
                                writer.storedChunks(),
                                TerminalText.bytes(writer.storedBytes())),
                figures);
    }
}
