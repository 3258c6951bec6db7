package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks info [-s STORE] INDEX}. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description = "Says what an index describes, and with -s how much of it a store holds.",
        footer = {"", "Example:", "  vsekai chunks info -s /srv/store game.caibx"})
final class InfoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            description = "A store to look the chunks up in.")
    private @Nullable String store;

    @Mixin
    private StoreAccess access = new StoreAccess();

    @Parameters(paramLabel = "INDEX", description = "The index; - for standard input.")
    private String index = "";

    @Override
    public Integer call() throws IOException {
        ChunkIndex read = IndexFile.read(index);
        Set<ChunkId> distinct = HashSet.newHashSet(read.chunkCount());
        long distinctBytes = 0;
        for (int i = 0; i < read.chunkCount(); i++) {
            if (distinct.add(read.id(i))) {
                distinctBytes += read.length(i);
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("size", read.blobSize());
        figures.put("chunks", read.chunkCount());
        figures.put("distinct_chunks", distinct.size());
        figures.put("distinct_bytes", distinctBytes);
        figures.put("digest", read.digest().text());
        figures.put("chunk_min", read.sizes().min());
        figures.put("chunk_avg", read.sizes().avg());
        figures.put("chunk_max", read.sizes().max());
        figures.put("feature_flags", "%016x".formatted(read.featureFlags()));
        StringBuilder text = new StringBuilder("""
                size             %d (%s)
                chunks           %d
                distinct chunks  %d (%s)
                digest           %s
                chunk sizes      %d:%d:%d
                feature flags    %016x                """.formatted(
                        read.blobSize(),
                        TerminalText.bytes(read.blobSize()),
                        read.chunkCount(),
                        distinct.size(),
                        TerminalText.bytes(distinctBytes),
                        read.digest().text(),
                        read.sizes().min(),
                        read.sizes().avg(),
                        read.sizes().max(),
                        read.featureFlags()));
        if (store != null) {
            try (ReadableStore opened = access.open(store)) {
                long held = distinct.stream().filter(opened::has).count();
                figures.put("in_store", held);
                text.append("\nin store         ").append(held);
            }
        }
        GlobalOptions.of(command).complete(command, text.toString(), figures);
        return 0;
    }
}
