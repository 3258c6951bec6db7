package org.vsekai.nebula.casync.pack;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * What a pack holds and where: the chunks in the order of the pack, and the frames they are in. It belongs to one index,
 * and that of a delta pack to a base index too. Immutable and thread-safe; {@link PackIndexCodec} reads and writes it.
 */
public final class PackIndex {
    static final int NONE = -1;

    private final ChunkIndex index;
    private final @Nullable ChunkIndex base;
    private final PackName pack;
    private final List<PackFrame> frames;
    private final int[] positions;
    private final int[] storedLengths;
    private final int[] offsets;
    private final int[] frameNumbers;
    private final Map<ChunkId, Integer> numbers;

    /**
     * @param positions of each chunk in the index, in pack order
     * @param storedLengths of each chunk when it is fetched loose
     */
    PackIndex(
            ChunkIndex index,
            @Nullable ChunkIndex base,
            PackName pack,
            List<PackFrame> frames,
            int[] positions,
            int[] storedLengths) {
        this.index = index;
        this.base = base;
        this.pack = pack;
        this.frames = List.copyOf(frames);
        this.positions = positions;
        this.storedLengths = storedLengths;
        this.offsets = new int[positions.length];
        this.frameNumbers = new int[positions.length];
        this.numbers = HashMap.newHashMap(positions.length);
        for (int f = 0; f < frames.size(); f++) {
            int offset = 0;
            for (int k = frames.get(f).firstChunk(); k < frames.get(f).endChunk(); k++) {
                frameNumbers[k] = f;
                offsets[k] = offset;
                offset += index.length(positions[k]);
                numbers.put(index.id(positions[k]), k);
            }
        }
    }

    /** The index whose chunks these are. */
    public ChunkIndex index() {
        return index;
    }

    /** The index whose chunks a delta pack is compressed against; empty for an install pack. */
    public Optional<ChunkIndex> base() {
        return Optional.ofNullable(base);
    }

    /** The name of the pack file. */
    public PackName pack() {
        return pack;
    }

    /** Size of the pack file in bytes. */
    public long packSize() {
        return frames.isEmpty() ? 0 : frames.getLast().end();
    }

    public List<PackFrame> frames() {
        return frames;
    }

    public int chunkCount() {
        return positions.length;
    }

    /** The number in the pack of a chunk; empty when the pack lacks it. */
    public Optional<Integer> find(ChunkId id) {
        return Optional.ofNullable(numbers.get(id));
    }

    int number(ChunkId id) {
        return Objects.requireNonNullElse(numbers.get(id), NONE);
    }

    /** Where chunk {@code k} of the pack first occurs in the index. */
    public int position(int k) {
        return positions[k];
    }

    public ChunkId id(int k) {
        return index.id(positions[k]);
    }

    /** Plain bytes of chunk {@code k}. */
    public int length(int k) {
        return index.length(positions[k]);
    }

    /** Bytes of the chunk as the store had it when the pack was made: what it costs to fetch it loose. */
    public int storedLength(int k) {
        return storedLengths[k];
    }

    /** Number of the frame that holds chunk {@code k}. */
    public int frameOf(int k) {
        return frameNumbers[k];
    }

    /** Where the chunk begins in the plain bytes of its frame. */
    public int offsetInFrame(int k) {
        return offsets[k];
    }

    @Override
    public String toString() {
        return "PackIndex[%s, %s, %d chunks in %d frames, %d bytes]"
                .formatted(pack, base == null ? "install" : "delta", chunkCount(), frames.size(), packSize());
    }
}
