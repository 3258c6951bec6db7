package org.vsekai.nebula.casync.assemble;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * Where a chunk is looked for, the cheapest place first: nowhere for the null chunk, seeds, cache,
 * remote seeds, stores. Thread-safe.
 *
 * <p>Stores are asked in turn, and any failure moves on to the next: for a player it does not matter whether a CDN lacks a
 * chunk, holds a bad one or is down, as long as another has it. A store that could not be asked {@value #STRIKES} times in
 * a row goes to the end of the row. Only when all have failed is the failure reported, unavailable before corrupt before
 * missing: a chunk is not said to be missing while one store could not be asked.
 */
final class ChunkLadder {
    private static final int STRIKES = 3;

    private final ChunkDigest digest;
    private final List<Seed> seeds;
    private final @Nullable ChunkCache cache;
    private final List<Seed> remote;
    private final List<Origin> origins;
    private final Map<ChunkId, CompletableFuture<byte[]>> sought = new ConcurrentHashMap<>();

    private final byte[] nullChunk;
    private final ChunkId nullId;

    /** A store, and how often in a row it could not be asked. */
    private record Origin(ReadableStore store, AtomicInteger strikes) {
        boolean isDown() {
            return strikes.get() >= STRIKES;
        }
    }

    /** Plain chunks and bytes of one source. */
    static final class Tally {
        final LongAdder chunks = new LongAdder();
        final LongAdder bytes = new LongAdder();

        void add(long length) {
            chunks.increment();
            bytes.add(length);
        }
    }

    private final Tally nulls = new Tally();
    final Tally output = new Tally();
    private final Tally seeded = new Tally();
    private final Tally cached = new Tally();
    private final Tally packed = new Tally();
    private final Tally network = new Tally();
    private final LongAdder storedBytes = new LongAdder();
    private final LongAdder requests = new LongAdder();

    ChunkLadder(
            ChunkIndex index,
            List<Seed> seeds,
            @Nullable ChunkCache cache,
            List<Seed> remote,
            List<ReadableStore> stores) {
        this.digest = index.digest();
        this.seeds = List.copyOf(seeds);
        this.cache = cache;
        this.remote = List.copyOf(remote);
        this.origins = stores.stream()
                .map(store -> new Origin(store, new AtomicInteger()))
                .toList();
        int max = index.sizes().max();
        boolean mayHaveNull = IntStream.range(0, index.chunkCount()).anyMatch(i -> index.length(i) == max);
        this.nullChunk = new byte[mayHaveNull ? max : 0];
        this.nullId = digest.hash(nullChunk, 0, nullChunk.length);
    }

    AssemblyStatistics statistics() {
        return new AssemblyStatistics(
                nulls.chunks.sum(),
                nulls.bytes.sum(),
                output.chunks.sum(),
                output.bytes.sum(),
                seeded.chunks.sum(),
                seeded.bytes.sum(),
                cached.chunks.sum(),
                cached.bytes.sum(),
                packed.chunks.sum(),
                packed.bytes.sum(),
                network.chunks.sum(),
                network.bytes.sum(),
                storedBytes.sum(),
                requests.sum());
    }

    boolean isNull(ChunkId id, int length) {
        return length == nullChunk.length && id.equals(nullId);
    }

    /** Whether the chunk should need no store. */
    boolean isAtHand(ChunkId id, int length) {
        return isNull(id, length)
                || seeds.stream().anyMatch(seed -> seed.lists(id))
                || (cache != null && cache.has(id));
    }

    /**
     * The plain bytes of a chunk, to be read only. Callers who seek the same chunk at the same time share one search.
     *
     * @param keep takes what comes from afar; null if it is not wanted again
     */
    byte[] get(ChunkId id, int length, @Nullable ChunkCache keep) throws IOException {
        if (isNull(id, length)) {
            nulls.add(length);
            return nullChunk;
        }
        CompletableFuture<byte[]> own = new CompletableFuture<>();
        CompletableFuture<byte[]> other = sought.putIfAbsent(id, own);
        if (other != null) {
            return join(other, length);
        }
        try {
            byte[] plain = seek(id, length, keep);
            own.complete(plain);
            return plain;
        } catch (Throwable e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            // By now the cache or a seed has the chunk, so nobody fetches it again.
            sought.remove(id);
        }
    }

    private byte[] join(CompletableFuture<byte[]> other, int length) throws IOException {
        try {
            byte[] plain = other.get();
            cached.add(length);
            return plain;
        } catch (InterruptedException e) {
            throw BoundedTasks.interrupted();
        } catch (ExecutionException e) {
            throw BoundedTasks.rethrown(Objects.requireNonNull(e.getCause()));
        }
    }

    private byte[] seek(ChunkId id, int length, @Nullable ChunkCache keep) throws IOException {
        byte[] plain = new byte[length];
        for (Seed seed : seeds) {
            if (seed.read(id, length, plain)) {
                seeded.add(length);
                return plain;
            }
        }
        ChunkCache near = cache != null ? cache : keep;
        if (near != null) {
            byte[] found = near.find(id, digest, length);
            if (found != null) {
                cached.add(length);
                return found;
            }
        }
        for (Seed seed : remote) {
            if (seed.read(id, length, plain)) {
                packed.add(length);
                if (keep != null) {
                    keep.put(id, ChunkCodec.compress(plain, 0, length));
                }
                return plain;
            }
        }
        return fetch(id, length, keep);
    }

    private byte[] fetch(ChunkId id, int length, @Nullable ChunkCache keep) throws IOException {
        List<CasyncException> failures = new ArrayList<>();
        for (Origin origin : inOrder()) {
            ReadableStore store = origin.store;
            try {
                requests.increment();
                byte[] stored = store.getStored(id, ChunkCodec.maxStoredBytes(length));
                storedBytes.add(stored.length);
                byte[] plain = ChunkCodec.verify(id, digest, stored, length, store.name());
                origin.strikes.set(0);
                network.add(length);
                if (keep != null) {
                    keep.put(id, stored);
                }
                return plain;
            } catch (ChunkMissingException | ChunkCorruptException e) {
                origin.strikes.set(0);
                failures.add(e);
            } catch (StoreUnavailableException e) {
                origin.strikes.incrementAndGet();
                failures.add(e);
            }
        }
        if (failures.isEmpty()) {
            throw new ChunkMissingException(id, "any seed, and no store was given");
        }
        failures.sort(Comparator.comparingInt(ChunkLadder::gravity).reversed());
        CasyncException worst = failures.removeFirst();
        failures.forEach(worst::addSuppressed);
        throw worst;
    }

    private List<Origin> inOrder() {
        List<Origin> order = new ArrayList<>(origins.size());
        origins.stream().filter(origin -> !origin.isDown()).forEach(order::add);
        origins.stream().filter(origin -> !order.contains(origin)).forEach(order::add);
        return order;
    }

    private static int gravity(CasyncException failure) {
        return switch (failure) {
            case StoreUnavailableException e -> 2;
            case ChunkCorruptException e -> 1;
            default -> 0;
        };
    }
}
