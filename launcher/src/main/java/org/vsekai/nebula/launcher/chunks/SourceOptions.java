package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
import org.vsekai.nebula.casync.assemble.Assembler;
import org.vsekai.nebula.casync.assemble.BlobSeed;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.FileBlob;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.launcher.update.FolderSeed;
import org.vsekai.nebula.stores.CachedStore;
import org.vsekai.nebula.stores.FailoverStore;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the chunks of an index are got from. */
final class SourceOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            description =
                    "Where chunks are read from; repeat it, or put | between, to name others to ask when one lacks or"
                            + " spoils a chunk.")
    private List<String> stores = new ArrayList<>();

    @Option(
            names = {"-c", "--cache"},
            paramLabel = "DIR",
            description = "A folder that keeps what is fetched from stores, for this and later runs.")
    private @Nullable Path cache;

    @Option(
            names = "--cache-size",
            paramLabel = "GIB",
            defaultValue = "10",
            description = "What the cache may hold, in GiB; what was used least recently goes first. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int cacheGibibytes;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description = {
                "A local source of chunks, asked before any store: an index (NAME.caibx, its data in NAME or, as"
                        + " NAME.caibx:DATA, in DATA), or a file or folder, which is cut first; a folder that vsekai"
                        + " installed is ready at once. Repeatable."
            })
    private List<String> seeds = new ArrayList<>();

    @Mixin
    private StoreAccess access = new StoreAccess();

    @Mixin
    private Concurrency concurrency = new Concurrency();

    /** What is done with an assembler while its sources are open. */
    @FunctionalInterface
    interface Work {
        void with(Assembler assembler) throws IOException;
    }

    void assemble(ChunkIndex index, Work work) throws IOException {
        if (stores.isEmpty() && seeds.isEmpty()) {
            throw new ParameterException(command.commandLine(), "name a store with -s, or a seed with --seed");
        }
        List<ReadableStore> opened = new ArrayList<>();
        List<BlobSeed> found = new ArrayList<>();
        try {
            open(opened);
            for (String seed : seeds) {
                found.add(seed(seed, index));
            }
            work.with(new Assembler(index, found, opened, null, concurrency.forAssembly()));
        } finally {
            for (BlobSeed seed : found) {
                seed.close();
            }
            opened.forEach(ReadableStore::close);
        }
    }

    private void open(List<ReadableStore> opened) {
        if (cacheGibibytes < 1) {
            throw new ParameterException(command.commandLine(), "--cache-size must be at least 1");
        }
        for (String store : stores) {
            opened.add(access.open(store));
        }
        if (cache != null && !opened.isEmpty()) {
            ReadableStore origin = opened.size() == 1 ? opened.getFirst() : new FailoverStore(opened);
            opened.clear();
            opened.add(new CachedStore(cache, (long) cacheGibibytes << 30, origin, Clock.systemUTC()));
        }
    }

    private BlobSeed seed(String seed, ChunkIndex index) throws IOException {
        int colon = seed.indexOf(':', seed.toLowerCase(Locale.ROOT).lastIndexOf(".cai"));
        String named = colon > 0 && isIndex(seed.substring(0, colon)) ? seed.substring(0, colon) : seed;
        if (!isIndex(named)) {
            return unindexed(Path.of(seed), index);
        }
        String data = named.length() < seed.length()
                ? seed.substring(named.length() + 1)
                : named.substring(0, named.lastIndexOf('.'));
        ChunkIndex known = ChunkIndexCodec.read(Path.of(named));
        return new BlobSeed(open(Path.of(data)), known);
    }

    /** A folder's faults, and what changes in it, must cost no more than the chunks concerned. */
    private BlobSeed unindexed(Path seed, ChunkIndex index) throws IOException {
        BlobSource data;
        if (Files.isDirectory(seed)) {
            Optional<BlobSeed> recorded = FolderSeed.findRecorded(seed.toRealPath(), index);
            if (recorded.isPresent()) {
                return recorded.get();
            }
            data = ArchiveLayout.ofDoubtfulFolder(seed, ArchiveOptions.keepingEverything());
        } else {
            data = FileBlob.open(seed);
        }
        return BlobSeed.chunk(data, index.sizes(), index.digest(), concurrency.forCutting());
    }

    private static boolean isIndex(String name) {
        return name.endsWith(".caibx") || name.endsWith(".caidx");
    }

    /** A file, or a folder as its archive. */
    static BlobSource open(Path data) throws IOException {
        return Files.isDirectory(data)
                ? ArchiveLayout.ofFolder(data, ArchiveOptions.keepingEverything())
                : FileBlob.open(data);
    }
}
