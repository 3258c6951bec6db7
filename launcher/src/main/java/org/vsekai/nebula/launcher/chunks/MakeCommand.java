package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.FileBlob;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks make [-s STORE] INDEX FILE}. */
@Command(
        name = "make",
        mixinStandardHelpOptions = true,
        description = {
            "Cuts FILE into chunks and writes their INDEX.",
            "With -s the chunks go to STORE; what it holds already is not sent again."
        },
        footer = {"", "Example:", "  vsekai chunks make -s /srv/store game.caibx game.pck"})
final class MakeCommand implements Callable<Integer> {
    @Spec
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

    @Parameters(
            index = "0",
            paramLabel = "INDEX",
            description = "The index to write, .caibx by custom; - for standard output.")
    private String index = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The file to cut.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        try (FileBlob blob = FileBlob.open(file);
                @Nullable WritableStore target = store == null ? null : access.openForWriting(store)) {
            ChunkWriter writer = new ChunkWriter(target, concurrency.forCutting());
            Meter meter = IndexFile.isStandardStream(index)
                    ? new Meter(event -> {}, "cut", blob.size())
                    : new Meter(global.listener(command), "cut", blob.size());
            ChunkIndex made = writer.write(
                    blob, chunking.sizes(), chunking.digest(), ArchiveFlags.of(blob, chunking.digest()), meter);
            StoreAccess.finish(target);
            IndexFile.write(made, index);
            if (!IndexFile.isStandardStream(index)) {
                report(global, command, made, writer);
            }
        }
        return 0;
    }

    static void report(GlobalOptions global, CommandSpec command, ChunkIndex made, ChunkWriter writer) {
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
