package org.vsekai.nebula.zones;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * How pages are written down: columns as they lie in memory, numbers with the least significant byte first, so that a page
 * is copied in about a microsecond.
 *
 * <p>A page is: a byte {@value #VERSION}; two bytes, the number n of its slots; n bytes of flags ({@link #EXISTS}, {@link #PERSISTENT},
 * {@link #DELETED}); n times 8 bytes of the ids' upper halves, n times 8 of their lower ones; n times 4 bytes each of owner, x, y, z,
 * rotation, the three velocities, crossings; then for each component that a slot ever had one byte, its number, and for each slot two
 * bytes of length (0xffff: it has none) with the value after it; then a byte 0. What slots without an entity hold in columns means nothing.
 */
final class PageFormat {
    static final int VERSION = 1;
    static final int EXISTS = 1;
    static final int PERSISTENT = 2;
    static final int DELETED = 4;

    static final int HEADER = 3;
    /** Bytes that each slot takes in columns. */
    static final int SLOT = 1 + 2 * 8 + 9 * 4;

    static final int ABSENT = 0xffff;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private PageFormat() {}

    static void putShort(byte[] to, int at, int value) {
        SHORT.set(to, at, (short) value);
    }

    static int getShort(byte[] from, int at) {
        return (short) SHORT.get(from, at) & 0xffff;
    }

    static void putInt(byte[] to, int at, int value) {
        INT.set(to, at, value);
    }

    static int getInt(byte[] from, int at) {
        return (int) INT.get(from, at);
    }

    static void putLong(byte[] to, int at, long value) {
        LONG.set(to, at, value);
    }

    static long getLong(byte[] from, int at) {
        return (long) LONG.get(from, at);
    }
}
