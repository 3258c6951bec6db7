package org.vsekai.nebula.casync.pack;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.vsekai.nebula.casync.MalformedPackException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.fuzz.Bounded;

/** A pack index is refused, or is written again byte for byte: raw, and with everything right that is a digest. */
class PackIndexFuzz {
    private static final long MAGIC = 0x4e425041434b0001L;
    private static final ChunkIndex INDEX = index(12, 0);
    private static final ChunkIndex BASE = index(9, 6);

    private static ChunkIndex index(int chunks, int firstId) {
        ChunkIndex.Builder index = ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256);
        for (int i = 0; i < chunks; i++) {
            index.add(20_000 + i, new ChunkId(firstId + i, 1, 2, 3));
        }
        // One that occurs twice.
        return index.add(20_000, new ChunkId(firstId, 1, 2, 3)).build();
    }

    @FuzzTest(maxDuration = "15s")
    void read(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            read(input, null);
            read(input, BASE);
            read(wrapped(input, null), null);
            read(wrapped(input, BASE), BASE);
        });
    }

    private static void read(byte[] file, ChunkIndex base) {
        try {
            PackIndex pack = PackIndexCodec.read(file, "input", INDEX, base);
            assertThat(PackIndexCodec.toBytes(pack)).isEqualTo(file);
        } catch (MalformedPackException e) {
            assertThat(e.getMessage()).contains("input");
        }
    }

    /** A file that holds {@code body} where its frames and chunks belong, and right digests around it. */
    private static byte[] wrapped(byte[] body, ChunkIndex base) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(MAGIC).array());
        file.write(base == null ? 0 : 1);
        file.writeBytes(sha256(ChunkIndexCodec.toBytes(INDEX)));
        if (base != null) {
            file.writeBytes(sha256(ChunkIndexCodec.toBytes(base)));
        }
        file.writeBytes(new byte[32]);
        file.writeBytes(body);
        file.writeBytes(sha256(file.toByteArray()));
        return file.toByteArray();
    }

    private static byte[] sha256(byte[] bytes) {
        MessageDigest digest = ChunkDigest.SHA256.newMessageDigest();
        return digest.digest(bytes);
    }
}
