package org.vsekai.nebula.casync.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.MalformedPackException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;

class PackIndexCodecTest {
    private static final int DIGEST = 32;

    private final Versions versions = new Versions();

    @TempDir
    Path folder;

    private byte[] delta() throws IOException {
        return PackIndexCodec.toBytes(new PackMaker(versions)
                .delta(versions.current, versions.old, new PackOptions(3, 32 << 10, 96 << 10), folder)
                .index());
    }

    private PackIndex read(byte[] file) {
        return PackIndexCodec.read(file, "test.capkx", versions.current, versions.old);
    }

    private void assertRefused(byte[] file) {
        assertThatExceptionOfType(MalformedPackException.class).isThrownBy(() -> read(file));
    }

    @Test
    void whatWasReadIsWrittenTheSame() throws IOException {
        byte[] delta = delta();
        assertThat(PackIndexCodec.toBytes(read(delta))).isEqualTo(delta);
        byte[] install = PackIndexCodec.toBytes(new PackMaker(versions)
                .install(versions.current, new PackOptions(3, 32 << 10, 0), folder)
                .index());
        PackIndex read = PackIndexCodec.read(install, "test.capkx", versions.current, null);
        assertThat(PackIndexCodec.toBytes(read)).isEqualTo(install);
        for (int k = 0; k < read.chunkCount(); k++) {
            assertThat(read.storedLength(k)).isEqualTo(versions.getStored(read.id(k), 1 << 20).length);
            assertThat(read.find(read.id(k))).contains(k);
        }
    }

    @Test
    void itIsRefusedCutAtEveryByteAndWithEveryByteChanged() throws IOException {
        byte[] delta = delta();
        for (int i = 0; i < delta.length; i++) {
            assertRefused(Arrays.copyOf(delta, i));
            byte[] changed = delta.clone();
            changed[i] ^= 0x21;
            assertRefused(changed);
        }
    }

    @Test
    void itIsRefusedForOtherIndexes() throws IOException {
        byte[] delta = delta();
        assertThatExceptionOfType(MalformedPackException.class)
                .isThrownBy(() -> PackIndexCodec.read(delta, "x", versions.old, versions.old))
                .withMessageContaining("another index");
        assertThatExceptionOfType(MalformedPackException.class)
                .isThrownBy(() -> PackIndexCodec.read(delta, "x", versions.current, versions.current))
                .withMessageContaining("another base index");
        assertThatExceptionOfType(MalformedPackException.class)
                .isThrownBy(() -> PackIndexCodec.read(delta, "x", versions.current, null))
                .withMessageContaining("not an install pack");
    }

    @Test
    void aLiarWithARightChecksumIsRefusedOrConsistent() throws IOException {
        byte[] delta = delta();
        Random random = new Random(11);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] lie = delta.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                lie[random.nextInt(lie.length - DIGEST)] = (byte) random.nextInt();
            }
            ChunkDigest.SHA256
                    .hash(lie, 0, lie.length - DIGEST)
                    .putTo(java.nio.ByteBuffer.wrap(lie, lie.length - DIGEST, DIGEST));
            try {
                PackIndex read = read(lie);
                assertThat(read.frames().stream()
                                .mapToInt(PackFrame::chunkCount)
                                .sum())
                        .isEqualTo(read.chunkCount());
                accepted++;
            } catch (MalformedPackException e) {
                assertThat(e.offset()).isBetween(0L, (long) lie.length);
            }
        }
        assertThat(accepted).isPositive(); // stored lengths and pack names may be anything in range
    }
}
