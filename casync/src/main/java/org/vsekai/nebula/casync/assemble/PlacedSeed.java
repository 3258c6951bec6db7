package org.vsekai.nebula.casync.assemble;

import java.io.IOException;
import java.util.BitSet;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * The blob that is being assembled as its own seed: parts of it that were in their places before the run, left by an earlier
 * one or taken over from elsewhere, and the part that the run has written so far. With it a chunk that occurs again long after
 * needs no cache.
 */
public final class PlacedSeed implements Seed {
    /** Occurrences of a chunk that are tried before the seed is taken to have lost it. */
    private static final int MAX_TRIES = 4;

    private final BlobSource source;
    private final ChunkIndex index;
    private final Occurrences occurrences;
    private final BitSet before;
    private volatile long placedEnd;

    /**
     * @param source the blob as far as it is there; a read of another part fails. Closed with the seed
     * @param before the chunks, by position, that are said to be there as a whole
     */
    public PlacedSeed(BlobSource source, ChunkIndex index, BitSet before) {
        this.source = source;
        this.index = index;
        this.occurrences = new Occurrences(index);
        this.before = (BitSet) before.clone();
    }

    /** Everything before this offset of the blob is in its place by now. */
    public void placedTo(long end) {
        placedEnd = end;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public boolean lists(ChunkId id) {
        for (int i = occurrences.first(id); i != Occurrences.NONE; i = occurrences.next(i)) {
            if (isPlaced(i)) {
                return true;
            }
        }
        return false;
    }

    private boolean isPlaced(int i) {
        return before.get(i) || index.end(i) <= placedEnd;
    }

    @Override
    public boolean read(ChunkId id, int length, byte[] target) {
        int tries = 0;
        for (int i = occurrences.first(id); i != Occurrences.NONE && tries < MAX_TRIES; i = occurrences.next(i)) {
            if (isPlaced(i) && index.length(i) == length) {
                tries++;
                try {
                    source.read(index.start(i), target, 0, length);
                    if (index.digest().hash(target, 0, length).equals(id)) {
                        return true;
                    }
                } catch (IOException | InputChangedException e) {
                    // This part is gone, which is what the false below says.
                }
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
