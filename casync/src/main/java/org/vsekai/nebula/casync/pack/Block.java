package org.vsekai.nebula.casync.pack;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/** Memory outside the heap, given back when it is closed and not when a collector comes by. */
final class Block implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final ByteBuffer bytes;

    Block(int size) {
        this.bytes = arena.allocate(size).asByteBuffer();
    }

    /** All of it, from 0 to its size; the position is the owner's. */
    ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
