package org.vsekai.nebula.assets.index;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * The blob that an index describes, or a part of it, read from a store. Every chunk is hashed before its bytes are handed out; a few are
 * read ahead, so that several processors work. A chunk that is missing or damaged ends the stream with the store's
 * exception. Not for use by several threads.
 */
public final class VerifiedBlob extends InputStream {
    private final ChunkIndex index;
    private final ReadableStore store;
    private final ExecutorService executor;
    private final int readAhead;
    private final int end;
    private final ArrayDeque<Future<byte[]>> ahead = new ArrayDeque<>();
    private int asked;
    private byte[] chunk = new byte[0];
    private int position;

    /** Bytes of the next chunk that come before the first wanted one. */
    private int skip;

    private long left;

    VerifiedBlob(ChunkIndex index, ReadableStore store, ExecutorService executor, int readAhead) {
        this(index, 0, index.blobSize(), store, executor, readAhead);
    }

    /**
     * @param start of the part, in the blob
     * @param length of the part; only the chunks that hold some of it are read
     * @param readAhead chunks that are in memory before they are asked for
     */
    public VerifiedBlob(
            ChunkIndex index, long start, long length, ReadableStore store, ExecutorService executor, int readAhead) {
        Objects.checkFromIndexSize(start, length, index.blobSize());
        this.index = index;
        this.store = store;
        this.executor = executor;
        this.readAhead = readAhead;
        this.left = length;
        if (length > 0) {
            asked = index.chunkAt(start);
            skip = Math.toIntExact(start - index.start(asked));
        }
        this.end = length == 0 ? 0 : index.chunkAt(start + length - 1) + 1;
    }

    @Override
    public int read() throws InterruptedIOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws InterruptedIOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        if (position == chunk.length && !advance()) {
            return -1;
        }
        int n = (int) Math.min(Math.min(length, chunk.length - position), left);
        System.arraycopy(chunk, position, target, offset, n);
        position += n;
        left -= n;
        return n;
    }

    private boolean advance() throws InterruptedIOException {
        while (asked < end && ahead.size() < readAhead) {
            int i = asked++;
            ahead.add(executor.submit(() -> fetch(i)));
        }
        Future<byte[]> next = ahead.poll();
        if (next == null) {
            return false;
        }
        try {
            chunk = next.get();
            position = skip;
            skip = 0;
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading " + store.name());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private byte[] fetch(int i) {
        int length = index.length(i);
        byte[] stored = store.getStored(index.id(i), ChunkCodec.maxStoredBytes(length));
        return ChunkCodec.verify(index.id(i), index.digest(), stored, length, store.name());
    }

    @Override
    public void close() {
        ahead.forEach(pending -> pending.cancel(true));
        ahead.clear();
    }
}
