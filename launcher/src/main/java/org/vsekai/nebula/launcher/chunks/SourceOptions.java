package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.FileBlob;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.launcher.assembly.Assembly;
import org.vsekai.nebula.launcher.assembly.ChunkCache;
import org.vsekai.nebula.launcher.assembly.Origins;
import org.vsekai.nebula.launcher.assembly.Seed;
import org.vsekai.nebula.launcher.files.Trees;
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
                    "Where chunks are read from; repeat it to name others to ask when one lacks or spoils a chunk.")
    private List<String> stores = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description = {
                "A local source of chunks, asked before any store: an index (NAME.caibx, its data in NAME or, as"
                        + " NAME.caibx:DATA, in DATA), or a file or folder, which is cut first. Repeatable."
            })
    private List<String> seeds = new ArrayList<>();

    @Mixin
    private StoreAccess access = new StoreAccess();

    @Mixin
    private Concurrency concurrency = new Concurrency();

    /** What is done with an assembly while its sources are open. */
    @FunctionalInterface
    interface Work {
        void with(Assembly assembly, Origins origins) throws IOException;
    }

    /** @param scratch a folder in which repeated chunks may be kept meanwhile */
    void assemble(ChunkIndex index, Path scratch, Work work) throws IOException {
        if (stores.isEmpty() && seeds.isEmpty()) {
            throw new ParameterException(command.commandLine(), "name a store with -s, or a seed with --seed");
        }
        List<ReadableStore> opened = new ArrayList<>();
        List<BlobSource> blobs = new ArrayList<>();
        Path cache = Files.createTempDirectory(scratch, ".vsekai-chunks-");
        try {
            for (String store : stores) {
                opened.add(access.open(store));
            }
            List<Seed> found = new ArrayList<>();
            for (String seed : seeds) {
                found.add(seed(seed, index, blobs));
            }
            Origins origins = new Origins(opened);
            work.with(new Assembly(index, found, new ChunkCache(cache), origins, concurrency.forStores()), origins);
        } finally {
            Trees.delete(cache);
            for (BlobSource blob : blobs) {
                blob.close();
            }
            opened.forEach(ReadableStore::close);
        }
    }

    private Seed seed(String seed, ChunkIndex index, List<BlobSource> blobs) throws IOException {
        int colon = seed.indexOf(':', seed.toLowerCase(Locale.ROOT).lastIndexOf(".cai"));
        String named = colon > 0 && isIndex(seed.substring(0, colon)) ? seed.substring(0, colon) : seed;
        if (!isIndex(named)) {
            return Seed.ofUnindexed(open(Path.of(seed), blobs), index, concurrency.forCutting());
        }
        String data = named.length() < seed.length()
                ? seed.substring(named.length() + 1)
                : named.substring(0, named.lastIndexOf('.'));
        return Seed.of(open(Path.of(data), blobs), ChunkIndexCodec.read(Path.of(named)));
    }

    private static boolean isIndex(String name) {
        return name.endsWith(".caibx") || name.endsWith(".caidx");
    }

    private static BlobSource open(Path data, List<BlobSource> blobs) throws IOException {
        BlobSource blob = Files.isDirectory(data)
                ? ArchiveLayout.ofFolder(data, ArchiveOptions.keepingEverything())
                : FileBlob.open(data);
        blobs.add(blob);
        return blob;
    }
}
