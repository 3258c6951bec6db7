package org.vsekai.nebula.casync.archive;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** SipHash-2-4 (Aumasson and Bernstein) under casync's fixed key, by which GOODBYE tables order names. */
final class SipHash {
    private static final long K0 = 0x8574442b0f1d84b3L;
    private static final long K1 = 0x2736ed30d1c22ec1L;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private long v0;
    private long v1;
    private long v2;
    private long v3;

    private SipHash(long k0, long k1) {
        v0 = 0x736f6d6570736575L ^ k0;
        v1 = 0x646f72616e646f6dL ^ k1;
        v2 = 0x6c7967656e657261L ^ k0;
        v3 = 0x7465646279746573L ^ k1;
    }

    static long ofName(byte[] name) {
        return hash(K0, K1, name);
    }

    static long hash(long k0, long k1, byte[] data) {
        SipHash state = new SipHash(k0, k1);
        int whole = data.length & ~7;
        for (int i = 0; i < whole; i += 8) {
            state.absorb((long) LONG.get(data, i));
        }
        long last = (long) data.length << 56;
        for (int i = whole; i < data.length; i++) {
            last |= (data[i] & 0xffL) << (8 * (i - whole));
        }
        state.absorb(last);
        state.v2 ^= 0xff;
        for (int i = 0; i < 4; i++) {
            state.round();
        }
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
    }

    private void absorb(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
