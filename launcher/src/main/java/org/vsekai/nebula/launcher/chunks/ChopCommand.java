package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.launcher.VerificationException;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks chop -s STORE INDEX DATA}. */
@Command(
        name = "chop",
        mixinStandardHelpOptions = true,
        description = {
            "Cuts DATA as INDEX says and puts the chunks into STORE. Neither DATA nor INDEX is changed.",
            "Chunks that STORE holds are passed over, so an interrupted run goes on where it was. Ends with exit code 4"
                    + " where DATA is not what INDEX says."
        },
        footer = {"", "Example:", "  vsekai chunks chop -s /srv/store game.caibx game.pck"})
final class ChopCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            required = true,
            description = "Where the chunks go.")
    private String store = "";

    @Mixin
    private Exclusions exclusions = new Exclusions();

    @Mixin
    private Concurrency concurrency = new Concurrency();

    @Mixin
    private StoreAccess access = new StoreAccess();

    @Parameters(index = "0", paramLabel = "INDEX", description = "The index; - for standard input.")
    private String index = "";

    @Parameters(index = "1", paramLabel = "DATA", description = "The file or folder that it describes.")
    private Path data = Path.of("");

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        Map<ChunkId, NamedChunk> wanted = NamedChunk.of(List.of(IndexFile.read(index)));
        exclusions.removeFrom(wanted);
        Meter meter = new Meter(global.listener(command), "chop", NamedChunk.totalLength(wanted.values()));
        Transfer transfer = new Transfer();
        try (BlobSource blob = SourceOptions.open(data);
                WritableStore target = access.openForWriting(store)) {
            BoundedWork.forEach(concurrency.forCutting(), wanted.values(), chunk -> {
                transfer.put(target, chunk, () -> cut(blob, chunk));
                meter.accept(chunk.length());
            });
            StoreAccess.finish(target);
        }
        transfer.report(global, command);
        return 0;
    }

    private static byte[] cut(BlobSource blob, NamedChunk chunk) throws IOException {
        byte[] plain = new byte[chunk.length()];
        boolean within = chunk.start() + chunk.length() <= blob.size();
        if (within) {
            blob.read(chunk.start(), plain, 0, plain.length);
        }
        if (!within || !chunk.digest().hash(plain, 0, plain.length).equals(chunk.id())) {
            throw new VerificationException(
                    blob.name(),
                    "bytes %d to %d are not the chunk %s that the index puts there"
                            .formatted(chunk.start(), chunk.start() + chunk.length(), chunk.id()),
                    null);
        }
        return ChunkCodec.compress(plain, 0, plain.length);
    }
}
