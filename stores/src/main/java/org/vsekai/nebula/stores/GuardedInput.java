package org.vsekai.nebula.stores;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Ends a stream that only trickles. Only the time that reads take counts, so a reader that takes its time does not end it.
 * The stream below must end each single read in bounded time. For one thread.
 */
public final class GuardedInput extends FilterInputStream {
    private final Duration window;
    private final long minBytes;
    private long windowNanos;
    private long windowBytes;

    /** @param minBytes that a {@code window} of reading has to bring */
    public GuardedInput(InputStream in, Duration window, long minBytes) {
        super(in);
        this.window = window;
        this.minBytes = minBytes;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        long before = System.nanoTime();
        int n = in.read(target, offset, length);
        windowNanos += System.nanoTime() - before;
        windowBytes += Math.max(n, 0);
        if (windowNanos >= window.toNanos()) {
            if (n >= 0 && windowBytes < minBytes) {
                throw new IOException("stalled: %d bytes in %s".formatted(windowBytes, window));
            }
            windowNanos = 0;
            windowBytes = 0;
        }
        return n;
    }
}
