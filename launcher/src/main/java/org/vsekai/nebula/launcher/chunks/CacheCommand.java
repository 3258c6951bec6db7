package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks cache -s STORE -c TARGET INDEX...}. */
@Command(
        name = "cache",
        mixinStandardHelpOptions = true,
        description = {
            "Copies the chunks that indexes name from stores to TARGET, without putting any file together.",
            "Every chunk is verified on the way. What TARGET holds is passed over, so an interrupted run goes on where it"
                    + " was."
        },
        footer = {"", "Example:", "  vsekai chunks cache -s http://localhost/chunks -c /srv/mirror v1.caibx v2.caibx"})
final class CacheCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            required = true,
            description =
                    "Where chunks are read from; repeat it to name others to ask when one lacks or spoils a chunk.")
    private List<String> stores = new ArrayList<>();

    @Option(
            names = {"-c", "--cache"},
            paramLabel = "TARGET",
            required = true,
            description = "The store that they are copied to.")
    private String target = "";

    @Mixin
    private Exclusions exclusions = new Exclusions();

    @Mixin
    private Concurrency concurrency = new Concurrency();

    @Mixin
    private StoreAccess access = new StoreAccess();

    @Parameters(arity = "1..*", paramLabel = "INDEX", description = "The indexes; - for standard input.")
    private List<String> indexes = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        List<ChunkIndex> read = new ArrayList<>();
        for (String index : indexes) {
            read.add(IndexFile.read(index));
        }
        Map<ChunkId, NamedChunk> wanted = NamedChunk.of(read);
        exclusions.removeFrom(wanted);
        Meter meter = new Meter(global.listener(command), "copy", NamedChunk.totalLength(wanted.values()));
        Transfer transfer = new Transfer();
        try (Sources sources = new Sources(access, stores);
                WritableStore opened = access.openForWriting(target)) {
            BoundedWork.forEach(concurrency.forStores(), wanted.values(), chunk -> {
                transfer.put(opened, chunk, () -> sources.getStored(chunk));
                meter.accept(chunk.length());
            });
            StoreAccess.finish(opened);
        }
        transfer.report(global, command);
        return 0;
    }
}
