package org.vsekai.nebula.casync.assemble;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.ReadableStore;

/** Compares an index with what it is said to be the index of. Thread-safe. */
public final class Verifier {
    /** Damages that a report lists; it counts all. */
    public static final int MAX_LISTED = 1000;

    private final ChunkIndex index;
    private final int window;

    /**
     * A part of the blob that is not as the index says.
     *
     * @param start offset in the blob in bytes
     */
    public record Damage(long start, int length, ChunkId expected, String reason) {}

    /**
     * What was found.
     *
     * @param chunks looked at: all occurrences in a blob, distinct ones in a store
     * @param damaged how many of these are not right
     * @param listed the first {@link #MAX_LISTED} damages found, in the order of the blob
     * @param excessBytes by how much the blob is longer than the index says
     */
    public record Report(long chunks, long bytes, long damaged, List<Damage> listed, long excessBytes) {
        public Report {
            listed = List.copyOf(listed);
        }

        public boolean isSound() {
            return damaged == 0 && excessBytes == 0;
        }
    }

    public Verifier(ChunkIndex index, AssemblyOptions options) {
        this.index = index;
        this.window = options.window(index.sizes().max());
    }

    /**
     * Hashes a blob: a file, or a folder as it is laid out. Parts that cannot be read are damages.
     *
     * @param progress told of bytes compared, on any thread
     */
    public Report verify(BlobSource blob, LongConsumer progress) throws IOException {
        Run run = new Run(progress);
        try (BoundedTasks tasks =
                new BoundedTasks(Math.min(window, Runtime.getRuntime().availableProcessors() * 2))) {
            for (int i = 0; i < index.chunkCount(); i++) {
                int chunk = i;
                tasks.run(() -> run.compare(chunk, blob));
            }
            tasks.finish();
        }
        return run.report(Math.max(0, blob.size() - index.blobSize()));
    }

    /**
     * Reads every distinct chunk of the index from a store and verifies it.
     *
     * @throws org.vsekai.nebula.casync.StoreUnavailableException when the store cannot be asked
     */
    public Report verify(ReadableStore store, LongConsumer progress) throws IOException {
        Run run = new Run(progress);
        Occurrences occurrences = new Occurrences(index);
        try (BoundedTasks tasks = new BoundedTasks(window)) {
            for (int i = 0; i < index.chunkCount(); i++) {
                int chunk = i;
                if (occurrences.first(index.id(i)) == i) {
                    tasks.run(() -> run.fetch(chunk, store));
                }
            }
            tasks.finish();
        }
        return run.report(0);
    }

    private final class Run {
        private final LongConsumer progress;
        private final LongAdder chunks = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final LongAdder damaged = new LongAdder();
        private final List<Damage> listed = new ArrayList<>();

        Run(LongConsumer progress) {
            this.progress = progress;
        }

        void compare(int i, BlobSource blob) throws IOException {
            int length = index.length(i);
            if (index.end(i) > blob.size()) {
                damaged(i, "it lies beyond the end");
            } else {
                byte[] plain = new byte[length];
                try {
                    blob.read(index.start(i), plain, 0, length);
                    if (!index.digest().hash(plain, 0, length).equals(index.id(i))) {
                        damaged(i, "its content differs");
                    }
                } catch (InputChangedException e) {
                    damaged(i, e.path() + ": " + e.reason());
                }
            }
            done(length);
        }

        void fetch(int i, ReadableStore store) {
            int length = index.length(i);
            try {
                byte[] stored = store.getStored(index.id(i), ChunkCodec.maxStoredBytes(length));
                byte[] plain = ChunkCodec.verify(index.id(i), index.digest(), stored, length, store.name());
                assert plain.length == length;
            } catch (ChunkMissingException e) {
                damaged(i, "it is missing");
            } catch (ChunkCorruptException e) {
                damaged(i, e.reason());
            }
            done(length);
        }

        private void done(int length) {
            chunks.increment();
            bytes.add(length);
            progress.accept(length);
        }

        private void damaged(int i, String reason) {
            damaged.increment();
            synchronized (listed) {
                if (listed.size() < MAX_LISTED) {
                    listed.add(new Damage(index.start(i), index.length(i), index.id(i), reason));
                }
            }
        }

        Report report(long excessBytes) {
            listed.sort(Comparator.comparingLong(Damage::start));
            return new Report(chunks.sum(), bytes.sum(), damaged.sum(), listed, excessBytes);
        }
    }
}
