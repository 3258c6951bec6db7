package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vsekai.nebula.casync.assemble.Assembler;
import org.vsekai.nebula.casync.assemble.AssemblyOptions;
import org.vsekai.nebula.casync.assemble.AssemblyStatistics;
import org.vsekai.nebula.casync.assemble.ChunkCache;
import org.vsekai.nebula.casync.assemble.PlacedSeed;
import org.vsekai.nebula.casync.assemble.Seed;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.pack.PackPlan;
import org.vsekai.nebula.casync.pack.PackSource;
import org.vsekai.nebula.casync.pack.PackStatistics;
import org.vsekai.nebula.casync.pack.PlanOptions;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.HttpChunkStore;
import org.vsekai.nebula.launcher.LocalStorageException;
import org.vsekai.nebula.launcher.folder.WorkFolder;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Planned;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Source;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import org.vsekai.nebula.launcher.progress.TerminalText;

/**
 * The archive of a version, put together from all that is at hand and from the network, as far as it is needed. It streams:
 * nothing of it is on the disk but the tree that is built from it and a small cache for chunks that occur again.
 *
 * <p>Of use once; closing it closes the seeds that it was given.
 */
final class Fetching implements AutoCloseable {
    /** Most bytes in the cache. */
    static final long CACHE_LIMIT = 64L << 20;

    private static final long USUAL_BLOCK = 4096;

    /** For the state, the journal, temporaries and the last blocks of the others. */
    private static final long SMALL_FILES_BYTES = 128 << 10;

    /** Bytes of an entry in a manifest beside its path, about. */
    private static final long ENTRY_BYTES = 160;

    private final Material material;
    private final ChunkIndex index;
    private final BitSet wanted;
    private final List<Integer> missing;
    private final List<PlacedSeed> placed;
    private final List<Seed> seeds;
    private final List<HttpChunkStore> stores;
    private final Packs packs;
    private final PackPlan plan;
    private final PackSource packSource;
    private final Assembler assembler;

    /** Finds packs for what would otherwise be fetched in chunks. */
    interface PackFinder {
        /** @param worth what the chunks would cost, in bytes */
        Packs find(long worth) throws IOException;
    }

    /**
     * @param others seeds beside the version's own parts
     * @param stores to fetch chunks from
     */
    Fetching(
            Material material,
            ChunkIndex index,
            List<Seed> others,
            List<HttpChunkStore> stores,
            PackFinder finder,
            WorkFolder work)
            throws IOException {
        this.material = material;
        this.index = index;
        this.wanted = material.wanted();
        this.placed = material.findSeed().stream().toList();
        this.seeds = new ArrayList<>(placed);
        seeds.addAll(others);
        this.stores = stores;
        ChunkCache cache = ChunkCache.bounded(work.cache(), CACHE_LIMIT);
        this.missing = new Assembler(index, seeds, List.of(), cache, AssemblyOptions.DEFAULT).missing(wanted);
        PlanOptions options = PlanOptions.DEFAULT;
        this.packs = missing.isEmpty()
                ? Packs.none()
                : finder.find(missingBytes() + (long) missing.size() * options.requestBytes());
        this.plan = PackPlan.of(index, missing, packs.offers(), options);
        this.packSource = new PackSource(plan);
        this.assembler = new Assembler(index, seeds, cache, List.of(packSource), stores, AssemblyOptions.DEFAULT);
    }

    /** What is going to happen. */
    Planned plan(TreeBuilder.Sharing sharing, WorkFolder work) throws IOException {
        FileStore disk = Files.getFileStore(work.path());
        long copied = sharing == TreeBuilder.Sharing.NONE ? material.unchangedBytes() : 0;
        long space = material.spaceToBuild(block(disk)) + copied + cachedBytes() + recordBytes();
        List<Source> sources = new ArrayList<>();
        for (PackPlan.Share share : plan.shares()) {
            sources.add(new Source(
                    share.offer().isDelta() ? "delta pack" : "install pack", share.bytes(), share.requests()));
        }
        if (plan.looseChunks() > 0 || sources.isEmpty()) {
            sources.add(new Source("chunks", plan.looseBytes(), plan.looseChunks()));
        }
        return new Planned(
                sources,
                material.bytesToBuild() + copied,
                material.unchangedBytes() - copied,
                space,
                disk.getUsableSpace());
    }

    private static long block(FileStore disk) throws IOException {
        try {
            return disk.getBlockSize();
        } catch (UnsupportedOperationException e) {
            return USUAL_BLOCK;
        }
    }

    private long missingBytes() {
        return missing.stream().mapToLong(index::length).sum();
    }

    /** What the cache can come to hold: of each chunk that is fetched and occurs again. */
    private long cachedBytes() {
        Map<ChunkId, Integer> counts = new HashMap<>();
        for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
            counts.merge(index.id(i), 1, Integer::sum);
        }
        long bytes = missing.stream()
                .filter(i -> counts.getOrDefault(index.id(i), 0) > 1)
                .mapToLong(i -> ChunkCodec.maxStoredBytes(index.length(i)))
                .sum();
        return Math.min(bytes, CACHE_LIMIT);
    }

    /** The launcher's own files in the new tree: manifest, index, skeleton. */
    private long recordBytes() {
        long paths = material.manifest().entries().values().stream()
                .mapToLong(entry -> ENTRY_BYTES + 2L * entry.path().length())
                .sum();
        long skeleton = material.manifest().archiveSize() - material.manifest().contentSize();
        return paths + skeleton + material.manifest().indexSize() + SMALL_FILES_BYTES;
    }

    /** @throws LocalStorageException if the disk has less room than the plan needs */
    static void requireSpace(Planned plan, WorkFolder work) {
        if (plan.freeBytes() < plan.spaceBytes()) {
            throw new LocalStorageException(
                    work.path().toString(),
                    "the disk is too full: the new version needs %s more and %s are free; make room and run the update again"
                            .formatted(TerminalText.bytes(plan.spaceBytes()), TerminalText.bytes(plan.freeBytes())),
                    null);
        }
    }

    /** Builds the tree; a bar shows what is fetched and written together. */
    TreeBuilder.Built build(Path tree, TreeBuilder.Sharing sharing, ProgressListener listener) throws IOException {
        Meter meter = new Meter(listener, "build", missingBytes() + material.bytesToBuild());
        TreeBuilder.Progress progress = new TreeBuilder.Progress() {
            private long fetched;

            @Override
            public void advanced(long bytes, long archiveEnd) {
                placed.forEach(seed -> seed.placedTo(archiveEnd));
                AssemblyStatistics now = assembler.statistics();
                long before = fetched;
                fetched = now.packedBytes() + now.networkBytes();
                meter.accept(bytes + fetched - before);
            }
        };
        try (InputStream archive = assembler.open(wanted)) {
            return new TreeBuilder(material, tree, sharing, progress).build(archive);
        }
    }

    AssemblyStatistics statistics() {
        return assembler.statistics();
    }

    /** What was fetched from packs. */
    PackStatistics packStatistics() {
        return packSource.statistics();
    }

    @Override
    public void close() throws IOException {
        packSource.close();
        packs.close();
        stores.forEach(HttpChunkStore::close);
        for (Seed seed : seeds) {
            seed.close();
        }
    }
}
