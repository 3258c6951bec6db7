package org.vsekai.nebula.launcher.chunks;

import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * The blob of an index, read at any place: chunks are got when a read needs them, and the last few are kept. For looking at
 * parts; who wants the whole blob assembles it. Thread-safe, one read at a time.
 */
final class StoredBlob implements BlobSource {
    private static final long KEPT_BYTES = 32L << 20;

    private final ChunkIndex index;
    private final Sources sources;
    private final String name;
    private final Map<ChunkId, byte[]> kept;

    /** @param sources the caller's to close */
    StoredBlob(ChunkIndex index, Sources sources, String name) {
        this.index = index;
        this.sources = sources;
        this.name = name;
        long limit = Math.max(1, KEPT_BYTES / index.sizes().max());
        this.kept = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<ChunkId, byte[]> eldest) {
                return size() > limit;
            }
        };
    }

    @Override
    public long size() {
        return index.blobSize();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void read(long position, byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(position, length, size());
        for (int done = 0; done < length; ) {
            int i = index.chunkAt(position + done);
            byte[] plain = chunk(i);
            int from = (int) (position + done - index.start(i));
            int n = Math.min(length - done, plain.length - from);
            System.arraycopy(plain, from, target, offset + done, n);
            done += n;
        }
    }

    private byte[] chunk(int i) {
        NamedChunk chunk = new NamedChunk(index.id(i), index.start(i), index.length(i), index.digest());
        return kept.computeIfAbsent(chunk.id(), id -> chunk.plain(sources.getStored(chunk), name));
    }

    /** From the start on; what is skipped is not got. */
    InputStream newInputStream() {
        return new InputStream() {
            private long position;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            /** At most to the end of a chunk, so that a buffer's reading ahead gets no chunk that nobody asked for. */
            @Override
            public int read(byte[] target, int offset, int length) {
                if (length == 0 || position == size()) {
                    return length == 0 ? 0 : -1;
                }
                int n = (int) Math.min(length, index.end(index.chunkAt(position)) - position);
                StoredBlob.this.read(position, target, offset, n);
                position += n;
                return n;
            }

            @Override
            public long skip(long count) {
                long n = Math.clamp(count, 0, size() - position);
                position += n;
                return n;
            }
        };
    }

    @Override
    public void close() {}
}
