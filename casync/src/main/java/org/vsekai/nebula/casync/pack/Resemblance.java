package org.vsekai.nebula.casync.pack;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * Finds the chunks of a base that are most like given new ones, by content alone: so a file that was renamed, moved or
 * recompiled leads to its old self, in an archive and in a plain blob alike.
 *
 * <p>A rolling hash runs over windows of 32 bytes; those hashes whose first bits are zero are the features of a chunk,
 * which content that moved keeps. Of the base, a table tells for each feature the first chunk that has it; a new chunk then
 * votes with its features. The sampling is thinned with the size of the base, so that the table stays below
 * {@value #MAX_FEATURES} features in expectation and 48 MB, outside the heap. Not thread-safe.
 */
final class Resemblance implements AutoCloseable {
    private static final int MAX_FEATURES = 1 << 21;

    /** Sampled no more densely than one in 2^this. */
    private static final int DENSEST = 5;

    /** A chunk beside one with votes is worth this share of them: changed code has no features left, but its neighbours. */
    private static final int NEIGHBOUR_SHARE = 16;

    private static final int NEIGHBOURS = 8;
    private static final int EMPTY = -1;
    private static final long[] GEAR =
            new SplittableRandom(0x6e6562756c61L).longs(256).toArray();

    private final ChunkIndex base;
    private final int sampling;
    private final Block featureMemory;
    private final Block positionMemory;
    private final LongBuffer features;
    private final IntBuffer positions;
    private int count;

    Resemblance(ChunkIndex base) {
        this.base = base;
        int bits = DENSEST;
        while (base.blobSize() >>> bits > MAX_FEATURES) {
            bits++;
        }
        this.sampling = bits;
        int room = 1024;
        while (room < 2 * (base.blobSize() >>> bits) && room < 2 * MAX_FEATURES) {
            room *= 2;
        }
        this.featureMemory = new Block(room * Long.BYTES);
        this.positionMemory = new Block(room * Integer.BYTES);
        this.features = featureMemory.bytes().order(ByteOrder.nativeOrder()).asLongBuffer();
        this.positions = positionMemory.bytes().order(ByteOrder.nativeOrder()).asIntBuffer();
        for (int slot = 0; slot < room; slot++) {
            positions.put(slot, EMPTY);
        }
    }

    /** Notes a base chunk; to be called by rising position, once for each distinct chunk. */
    void addBase(int position, byte[] chunk) {
        sample(chunk, feature -> {
            int slot = slot(feature);
            if (positions.get(slot) == EMPTY && count < features.capacity() / 4 * 3) {
                features.put(slot, feature);
                positions.put(slot, position);
                count++;
            }
        });
    }

    /** The votes of new chunks for base chunks. */
    final class Votes {
        private final Map<Integer, Integer> votes = new HashMap<>();

        void add(byte[] chunk) {
            sample(chunk, feature -> {
                int position = positions.get(slot(feature));
                if (position != EMPTY) {
                    votes.merge(position, 1, Integer::sum);
                }
            });
        }

        /** The base chunks that are worth most, up to a size, as runs by rising position. */
        List<ChunkRun> best(int maxBytes) {
            Map<Integer, Integer> worth = new HashMap<>();
            votes.forEach((position, number) -> {
                worth.merge(position, number * NEIGHBOUR_SHARE, Integer::sum);
                for (int far = 1; far <= NEIGHBOURS; far++) {
                    int share = number * NEIGHBOUR_SHARE / (NEIGHBOUR_SHARE + far);
                    if (position - far >= 0) {
                        worth.merge(position - far, share, Integer::sum);
                    }
                    if (position + far < base.chunkCount()) {
                        worth.merge(position + far, share, Integer::sum);
                    }
                }
            });
            List<Integer> order = new ArrayList<>(worth.keySet());
            // Ties go by position: packs must be the same whenever they are made.
            order.sort(Comparator.<Integer>comparingDouble(
                            position -> -(double) Objects.requireNonNull(worth.get(position)) / base.length(position))
                    .thenComparing(Comparator.naturalOrder()));
            BitSet taken = new BitSet();
            long bytes = 0;
            for (int position : order) {
                if (bytes + base.length(position) <= maxBytes) {
                    bytes += base.length(position);
                    taken.set(position);
                }
            }
            List<ChunkRun> runs = new ArrayList<>();
            for (int first = taken.nextSetBit(0); first >= 0; ) {
                int end = taken.nextClearBit(first);
                runs.add(new ChunkRun(first, end - first));
                first = taken.nextSetBit(end);
            }
            return runs;
        }
    }

    Votes newVotes() {
        return new Votes();
    }

    private interface FeatureTaker {
        void take(long feature);
    }

    private void sample(byte[] chunk, FeatureTaker taker) {
        long hash = 0;
        long before = 0;
        int shift = Long.SIZE - sampling;
        for (int i = 0; i < chunk.length; i++) {
            hash = (hash << 2) + GEAR[chunk[i] & 0xff];
            if (hash >>> shift == 0 && i >= 31 && hash != before) { // a run of one byte has one feature, not thousands
                before = hash;
                taker.take(hash);
            }
        }
    }

    /** Where a feature is in the table, or would be. */
    private int slot(long feature) {
        int mask = features.capacity() - 1;
        int slot = (int) (feature * 0x9e3779b97f4a7c15L >>> 32) & mask;
        while (positions.get(slot) != EMPTY && features.get(slot) != feature) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /** Gives the table's memory back; nothing may be asked afterwards. */
    @Override
    public void close() {
        featureMemory.close();
        positionMemory.close();
    }
}
