package org.vsekai.nebula.casync.chunk;

/** Bytes in memory as a blob. */
public record MemoryBlob(byte[] bytes) implements BlobSource {
    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) {
        System.arraycopy(bytes, Math.toIntExact(position), target, offset, length);
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void close() {}
}
