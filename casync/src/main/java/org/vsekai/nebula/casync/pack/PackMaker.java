package org.vsekai.nebula.casync.pack;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * Makes packs from the loose chunks of a store. The same indexes, options and chunks give the same pack, byte for byte,
 * with the same version of zstd, and the same pack index if the store's loose chunks have the same sizes.
 *
 * <p>One pack at a time, on the calling thread, frame after frame. Memory outside the heap with the default options:
 * about 0.3 GB for an install pack and 0.5 GB for a delta pack, nearly all of it zstd's search tables and at most
 * 48 MB of features of the base; in the heap, the base of one frame. Interrupting the thread ends the work at the next chunk.
 */
public final class PackMaker {
    private final ReadableStore store;

    /** @param store has the chunks of all indexes that packs are made of */
    public PackMaker(ReadableStore store) {
        this.store = store;
    }

    /**
     * What was made: two files in the folder asked for.
     *
     * @param pack names the pack
     * @param packIndex names the pack index
     */
    public record Made(PackIndex index, PackName pack, long packBytes, PackName packIndex, long packIndexBytes) {}

    /**
     * Makes the install pack of an index: every distinct chunk.
     *
     * @param folder takes both files, durable and under their final names; what was there under those names is the same
     * @throws IOException when the disk fails or the thread is interrupted; no file is left
     * @throws org.vsekai.nebula.casync.CasyncException when a chunk cannot be had from the store
     */
    public Made install(ChunkIndex index, PackOptions options, Path folder) throws IOException {
        return make(index, null, options, folder);
    }

    /**
     * Makes the delta pack from a base index: the chunks that the base lacks.
     *
     * @see #install for folder and failures
     */
    public Made delta(ChunkIndex index, ChunkIndex base, PackOptions options, Path folder) throws IOException {
        return make(index, base, options, folder);
    }

    private Made make(ChunkIndex index, @Nullable ChunkIndex base, PackOptions options, Path folder)
            throws IOException {
        DurableFiles.createFolders(folder);
        Path temporary = DurableFiles.temporaryIn(folder, ".tmp-pack-");
        try {
            PackIndex made = write(new Content(index, base, options), temporary);
            Files.move(temporary, folder.resolve(made.pack().packFile()), StandardCopyOption.ATOMIC_MOVE);
            byte[] packIndex = PackIndexCodec.toBytes(made);
            PackName name = PackName.of(ChunkDigest.SHA256.newMessageDigest().digest(packIndex));
            DurableFiles.replace(folder.resolve(name.packIndexFile()), out -> out.write(packIndex));
            return new Made(made, made.pack(), made.packSize(), name, packIndex.length);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static PackIndex write(Content content, Path file) throws IOException {
        try (content) {
            DurableFiles.write(file, content::writeTo, true);
            return content.index();
        }
    }

    /** One pack in the making. */
    private final class Content implements AutoCloseable {
        private final ChunkIndex index;
        private final @Nullable ChunkIndex base;
        private final PackOptions options;
        private final DistinctChunks distinct;
        private final int[] positions;
        private final int[] storedLengths;
        private final List<PackFrame> frames = new ArrayList<>();
        private final MessageDigest digest = ChunkDigest.SHA256.newMessageDigest();
        private final @Nullable Resemblance resemblance;
        private final @Nullable DistinctChunks baseChunks;

        Content(ChunkIndex index, @Nullable ChunkIndex base, PackOptions options) throws IOException {
            this.index = index;
            this.base = base;
            this.options = options;
            this.distinct = new DistinctChunks(index);
            this.baseChunks = base == null ? null : new DistinctChunks(base);
            int[] wanted = new int[distinct.size()];
            int count = 0;
            for (int i = 0; i < distinct.size(); i++) {
                if (baseChunks == null || !baseChunks.contains(distinct.id(i))) {
                    wanted[count++] = distinct.position(i);
                }
            }
            this.positions = Arrays.copyOf(wanted, count);
            this.storedLengths = new int[count];
            this.resemblance =
                    baseChunks == null || count == 0 || options.baseBytes() == 0 ? null : resemblance(baseChunks);
        }

        private Resemblance resemblance(DistinctChunks chunks) throws IOException {
            Resemblance made = new Resemblance(chunks.index());
            try {
                for (int i = 0; i < chunks.size(); i++) {
                    made.addBase(chunks.position(i), plain(chunks, chunks.position(i)));
                }
                return made;
            } catch (IOException | RuntimeException e) {
                made.close();
                throw e;
            }
        }

        @Override
        public void close() {
            if (resemblance != null) {
                resemblance.close();
            }
        }

        PackIndex index() {
            return new PackIndex(index, base, PackName.of(digest.digest()), frames, positions, storedLengths);
        }

        void writeTo(OutputStream target) throws IOException {
            OutputStream out = new BufferedOutputStream(new DigestOutputStream(target, digest), 1 << 16);
            long offset = 0;
            for (int first = 0; first < positions.length; ) {
                int end = first + 1;
                long plainLength = index.length(positions[first]);
                while (end < positions.length && plainLength + index.length(positions[end]) <= options.frameBytes()) {
                    plainLength += index.length(positions[end++]);
                }
                byte[] frame = writeFrame(first, end, (int) plainLength, offset);
                out.write(frame);
                offset += frame.length;
                first = end;
            }
            out.flush();
        }

        private byte[] writeFrame(int first, int end, int plainLength, long offset) throws IOException {
            Resemblance.@Nullable Votes votes = resemblance == null ? null : resemblance.newVotes();
            try (Block block = new Block(plainLength)) {
                ByteBuffer plain = block.bytes();
                for (int k = first; k < end; k++) {
                    byte[] stored = stored(index, positions[k]);
                    storedLengths[k] = stored.length;
                    byte[] chunk = verified(index, positions[k], stored);
                    plain.put(chunk);
                    if (votes != null) {
                        votes.add(chunk);
                    }
                }
                plain.flip();
                List<ChunkRun> runs = votes == null ? List.of() : votes.best(options.baseBytes());
                byte[] prefix = baseChunks == null || runs.isEmpty() ? new byte[0] : prefix(baseChunks, runs);
                byte[] frame = FrameCodec.compress(prefix, plain, options.level());
                frames.add(new PackFrame(
                        offset, frame.length, plainLength, first, end - first, runs, Math.max(0, prefix.length - 1)));
                return frame;
            }
        }

        private byte[] prefix(DistinctChunks chunks, List<ChunkRun> runs) throws IOException {
            ChunkIndex of = chunks.index();
            int length = 1;
            for (ChunkRun run : runs) {
                length += Math.toIntExact(of.end(run.end() - 1) - of.start(run.first()));
            }
            byte[] prefix = new byte[length];
            prefix[0] = FrameCodec.BASE_START;
            int at = 1;
            for (ChunkRun run : runs) {
                for (int i = run.first(); i < run.end(); i++) {
                    byte[] chunk = plain(chunks, i);
                    System.arraycopy(chunk, 0, prefix, at, chunk.length);
                    at += chunk.length;
                }
            }
            return prefix;
        }

        private byte[] plain(DistinctChunks chunks, int position) throws IOException {
            ChunkIndex of = chunks.index();
            return chunks.isNull(position)
                    ? new byte[of.length(position)]
                    : verified(of, position, stored(of, position));
        }

        private byte[] stored(ChunkIndex of, int position) throws IOException {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while a pack was made");
            }
            return store.getStored(of.id(position), ChunkCodec.maxStoredBytes(of.length(position)));
        }

        private byte[] verified(ChunkIndex of, int position, byte[] stored) {
            ChunkId id = of.id(position);
            return ChunkCodec.verify(id, of.digest(), stored, of.length(position), store.name());
        }
    }
}
