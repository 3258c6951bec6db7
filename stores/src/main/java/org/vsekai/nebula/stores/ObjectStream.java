package org.vsekai.nebula.stores;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A part of an object on its way: exactly the bytes that were promised, or an {@link IOException}. For one thread. */
public final class ObjectStream extends FilterInputStream {
    private final StoredObject object;
    private final long length;
    private long remaining;

    /** @param length bytes that {@code in} has to bring */
    public ObjectStream(StoredObject object, long length, InputStream in) {
        super(in);
        this.object = object;
        this.length = length;
        this.remaining = length;
    }

    /** The object that this is a part of. */
    public StoredObject object() {
        return object;
    }

    /** Bytes of this part. */
    public long length() {
        return length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (remaining == 0) {
            return count == 0 ? 0 : -1;
        }
        int n = in.read(target, offset, (int) Math.min(count, remaining));
        if (n < 0) {
            throw new EOFException("%s ended %d bytes early".formatted(object.path(), remaining));
        }
        remaining -= n;
        return n;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = in.skip(Math.min(count, remaining));
        remaining -= skipped;
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(in.available(), remaining);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
