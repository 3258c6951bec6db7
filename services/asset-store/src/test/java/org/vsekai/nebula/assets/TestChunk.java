package org.vsekai.nebula.assets;

import java.util.Random;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ChunkCodec;

/** A chunk of random bytes, its id and one stored form of it. */
final class TestChunk {
    final byte[] plain;
    final ChunkId id;
    final byte[] stored;

    private TestChunk(byte[] plain, ChunkDigest digest) {
        this.plain = plain;
        this.id = digest.hash(plain, 0, plain.length);
        this.stored = ChunkCodec.compress(plain, 0, plain.length);
    }

    static TestChunk random(long seed, int length) {
        return random(seed, length, ChunkDigest.SHA512_256);
    }

    static TestChunk random(long seed, int length, ChunkDigest digest) {
        byte[] plain = new byte[length];
        new Random(seed).nextBytes(plain);
        return new TestChunk(plain, digest);
    }

    String path() {
        return pathOf(id);
    }

    static String pathOf(ChunkId id) {
        String hex = id.toString();
        return "/chunks/" + hex.substring(0, 4) + "/" + hex + ".cacnk";
    }
}
