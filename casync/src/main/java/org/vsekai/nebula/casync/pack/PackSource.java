package org.vsekai.nebula.casync.pack;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.assemble.Seed;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * The chunks of a plan's packs, as a seed that goes before the stores. It hands out what the plan takes from packs and
 * nothing else. Whatever goes wrong with a frame (it cannot be fetched, is damaged, its base has changed) costs a chunk only
 * its place here: {@link #read} answers false, and the chunk is fetched loose. A frame that has failed is not asked for
 * again, and after {@value #MAX_FAILED_FETCHES} failed requests in a row none is.
 *
 * <p><b>Order and memory.</b> Chunks are best asked for in the order of the index, as many at a time as an assembly does.
 * Frames stay in memory, those used last, up to 32 MiB or the size of two; while one is read, the next request is under way. So memory
 * outside the heap is at most those, the base of one, and {@value #MAX_TRANSFERS} requests (two, unless the plan
 * mixes packs), all bounded by {@link PlanOptions}. A chunk that occurs again in the index is kept in a small stash.
 *
 * <p>Thread-safe. The packs and bases of the plan's offers are the caller's to close, after this.
 */
public final class PackSource implements Seed {
    private static final int MAX_FAILED_FETCHES = 3;
    /** Plain frames in memory, at most, unless the two largest take more. */
    private static final int FRAMES_BYTES = 32 << 20;

    private static final int MAX_TRANSFERS = 4;
    private static final int STASH_BYTES = 8 << 20;
    private static final ByteBuffer NO_BASE = ByteBuffer.allocateDirect(0);

    /** A frame and its state. What is not final is guarded by {@link #state} or, where it says so, {@link #loading}. */
    private static final class Step {
        final int number;
        final PackPlan.Fetch fetch;
        final PackFrame frame;
        final int wanted;
        final Set<Integer> open = new HashSet<>();

        @Nullable
        Block plain;

        long lastUse;
        boolean isLoaded; // once
        boolean failed;

        Step(int number, PackPlan.Fetch fetch, PackFrame frame, PackPlan plan) {
            this.number = number;
            this.fetch = fetch;
            this.frame = frame;
            PackIndex pack = fetch.offer().index();
            for (int k = frame.firstChunk(); k < frame.endChunk(); k++) {
                if (plan.isFrom(pack.id(k), fetch.offer())) {
                    open.add(k);
                }
            }
            this.wanted = open.size();
        }
    }

    private record Place(Step step, int chunk) {}

    private final PackPlan plan;
    private final long framesBytes;
    private final List<Step> steps = new ArrayList<>();
    private final Map<ChunkId, Place> places = new HashMap<>();

    /** Held while a frame is fetched and decompressed; taken before {@link #state}, never after. */
    private final ReentrantLock loading = new ReentrantLock(true);

    /** The oldest first. */
    private final List<Transfer> transfers = new ArrayList<>(); // guarded by loading

    private int failedFetches; // in a row; guarded by loading

    /** Held for moments. */
    private final ReentrantLock state = new ReentrantLock();

    private long uses;
    private boolean closed;
    private final Set<ChunkId> repeated = new HashSet<>();
    private final LinkedHashMap<ChunkId, byte[]> stash = new LinkedHashMap<>(16, 0.75f, true);
    private int stashBytes;

    private final LongAdder chunks = new LongAdder();
    private final LongAdder chunkBytes = new LongAdder();
    private final LongAdder failedFrames = new LongAdder();
    private final LongAdder failedChunks = new LongAdder();
    private final Map<PackOffer, long[]> before = new HashMap<>();

    public PackSource(PackPlan plan) {
        this.plan = plan;
        for (PackPlan.Fetch fetch : plan.fetches()) {
            PackOffer offer = fetch.offer();
            before.putIfAbsent(
                    offer, new long[] {offer.pack().requests(), offer.pack().receivedBytes()});
            for (PackFrame frame : fetch.frames()) {
                Step step = new Step(steps.size(), fetch, frame, plan);
                steps.add(step);
                step.open.forEach(k -> places.put(offer.index().id(k), new Place(step, k)));
            }
        }
        this.framesBytes = Math.max(
                FRAMES_BYTES,
                2L
                        * steps.stream()
                                .mapToInt(step -> step.frame.plainLength())
                                .max()
                                .orElse(0));
        Set<ChunkId> seen = new HashSet<>();
        ChunkIndex index = plan.index();
        for (int i = 0; i < index.chunkCount(); i++) {
            ChunkId id = index.id(i);
            if (!seen.add(id) && places.containsKey(id)) {
                repeated.add(id);
            }
        }
    }

    @Override
    public String name() {
        return plan.shares().isEmpty()
                ? "no pack"
                : plan.shares().getFirst().offer().pack().name();
    }

    /** What was done so far; may be asked at any time. */
    public PackStatistics statistics() {
        long requests = 0;
        long bytes = 0;
        for (Map.Entry<PackOffer, long[]> each : before.entrySet()) {
            requests += each.getKey().pack().requests() - each.getValue()[0];
            bytes += each.getKey().pack().receivedBytes() - each.getValue()[1];
        }
        return new PackStatistics(
                requests, bytes, chunks.sum(), chunkBytes.sum(), failedFrames.sum(), failedChunks.sum());
    }

    @Override
    public boolean lists(ChunkId id) {
        return places.containsKey(id);
    }

    @Override
    public boolean read(ChunkId id, int length, byte[] target) {
        Place place = places.get(id);
        if (place == null || place.step.fetch.offer().index().length(place.chunk) != length) {
            return false;
        }
        if (!copy(place, id, length, target) && !(load(place) && copy(place, id, length, target))) {
            return false;
        }
        if (!plan.index().digest().hash(target, 0, length).equals(id)) {
            failedChunks.increment();
            return false;
        }
        chunks.increment();
        chunkBytes.add(length);
        return true;
    }

    /** Takes a chunk from the stash or a frame in memory; false when it is in neither. */
    private boolean copy(Place place, ChunkId id, int length, byte[] target) {
        state.lock();
        try {
            byte[] kept = stash.get(id);
            if (kept != null) {
                System.arraycopy(kept, 0, target, 0, length);
                return true;
            }
            Step step = place.step;
            if (step.plain == null) {
                return false;
            }
            step.lastUse = ++uses;
            step.open.remove(place.chunk);
            step.plain.bytes().get(step.fetch.offer().index().offsetInFrame(place.chunk), target, 0, length);
            if (repeated.contains(id)) {
                keep(id, length, target);
            }
            return true;
        } finally {
            state.unlock();
        }
    }

    private void keep(ChunkId id, int length, byte[] chunk) {
        if (length > STASH_BYTES) {
            return;
        }
        byte[] kept = new byte[length];
        System.arraycopy(chunk, 0, kept, 0, length);
        stash.put(id, kept);
        stashBytes += length;
        while (stashBytes > STASH_BYTES) {
            stashBytes -= Objects.requireNonNull(stash.pollFirstEntry()).getValue().length;
        }
    }

    /** Brings the frame of a chunk into memory; false when that is not possible or not worth it. */
    private boolean load(Place place) {
        Step step = place.step;
        loading.lock();
        try {
            if (!mayLoad(place)) {
                return step.plain != null;
            }
            Transfer transfer = transfer(step);
            boolean isLoaded = await(transfer) && decompress(step, transfer.frame(step.frame));
            step.isLoaded = true;
            if (!isLoaded) {
                step.failed = true;
                failedFrames.increment();
            }
            if (transfer.use(step.frame)) {
                transfers.remove(transfer);
                transfer.close();
            }
            prefetch(step);
            return isLoaded;
        } finally {
            loading.unlock();
        }
    }

    /** Whether a frame is to be loaded now; if it is in memory, it is not. */
    private boolean mayLoad(Place place) {
        Step step = place.step;
        state.lock();
        try {
            if (closed || step.failed || step.plain != null || failedFetches >= MAX_FAILED_FETCHES) {
                return false;
            }
            // It was here and had to go. If most of it is still wanted, it is cheaper to have it again than loose
            // chunks.
            return !step.isLoaded || (step.open.contains(place.chunk) && 2 * step.open.size() >= step.wanted);
        } finally {
            state.unlock();
        }
    }

    /** The request that brings a frame, which may be under way. */
    private Transfer transfer(Step step) {
        for (Transfer transfer : transfers) {
            if (transfer.brings(step.fetch.offer(), step.frame)) {
                return transfer;
            }
        }
        // The second time it is asked for alone: it may have had company that nobody lacks.
        return start(
                step.isLoaded
                        ? new PackPlan.Fetch(
                                step.fetch.offer(), step.frame.offset(), step.frame.length(), List.of(step.frame))
                        : step.fetch);
    }

    private Transfer start(PackPlan.Fetch fetch) {
        if (transfers.size() == MAX_TRANSFERS) {
            transfers.removeFirst().close();
        }
        Transfer transfer = new Transfer(fetch);
        transfers.add(transfer);
        return transfer;
    }

    private boolean await(Transfer transfer) {
        try {
            if (transfer.await()) {
                failedFetches = 0;
                return true;
            }
            failedFetches++;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** Begins the next request, so that it goes on while this frame's chunks are taken. */
    private void prefetch(Step after) {
        for (Step step : steps.subList(after.number + 1, steps.size())) {
            boolean isUnderWay = transfers.stream().anyMatch(each -> each.brings(step.fetch.offer(), step.frame));
            if (!step.isLoaded && !isUnderWay) {
                if (transfers.size() < MAX_TRANSFERS && failedFetches == 0) {
                    start(step.fetch);
                }
                return;
            }
            if (isUnderWay && !step.fetch.equals(after.fetch)) {
                return;
            }
        }
    }

    private boolean decompress(Step step, ByteBuffer frame) {
        makeRoom(step.frame.plainLength());
        Block plain = new Block(step.frame.plainLength());
        boolean isWhole = false;
        try {
            isWhole = step.frame.base().isEmpty()
                    ? FrameCodec.decompress(NO_BASE, frame, plain.bytes())
                    : decompressWithBase(step, frame, plain.bytes());
        } finally {
            if (!isWhole) {
                plain.close();
            }
        }
        if (isWhole) {
            state.lock();
            step.plain = plain;
            step.lastUse = ++uses;
            state.unlock();
        }
        return isWhole;
    }

    /** Lets go of the frames in memory that were used longest ago, until there is room for another. */
    private void makeRoom(int needed) {
        state.lock();
        try {
            Deque<Step> held = new ArrayDeque<>(steps.stream()
                    .filter(step -> step.plain != null)
                    .sorted(Comparator.comparingLong(step -> step.lastUse))
                    .toList());
            long total = needed
                    + held.stream().mapToLong(step -> step.frame.plainLength()).sum();
            while (total > framesBytes && !held.isEmpty()) {
                Step oldest = held.removeFirst();
                total -= oldest.frame.plainLength();
                free(oldest);
            }
        } finally {
            state.unlock();
        }
    }

    private static void free(Step step) {
        if (step.plain != null) {
            step.plain.close();
            step.plain = null;
        }
    }

    /** A base chunk that cannot be had is zeros: what of the frame refers to it comes out wrong, which its digest shows. */
    private boolean decompressWithBase(Step step, ByteBuffer frame, ByteBuffer plain) {
        PackOffer offer = step.fetch.offer();
        ChunkIndex of = offer.index().base().orElseThrow();
        Seed seed = Objects.requireNonNull(offer.base());
        byte[] chunk = new byte[of.sizes().max()];
        try (Block base = new Block(1 + step.frame.baseLength())) {
            int at = 0;
            base.bytes().put(at++, FrameCodec.BASE_START);
            for (ChunkRun run : step.frame.base()) {
                for (int i = run.first(); i < run.end(); i++) {
                    if (seed.read(of.id(i), of.length(i), chunk)) {
                        base.bytes().put(at, chunk, 0, of.length(i));
                    }
                    at += of.length(i);
                }
            }
            return FrameCodec.decompress(base.bytes(), frame, plain);
        }
    }

    /** Ends what is under way. Later reads answer false. */
    @Override
    public void close() {
        state.lock();
        closed = true;
        state.unlock();
        loading.lock();
        try {
            transfers.forEach(Transfer::close);
            transfers.clear();
            state.lock();
            steps.forEach(PackSource::free);
            state.unlock();
        } finally {
            loading.unlock();
        }
    }
}
