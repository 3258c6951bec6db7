package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Writes what protobuf's own writer writes, and what its reader reads. */
class WireWriterTest {
    private static final long SEED = Long.getLong("nebula.zones.seed", System.nanoTime());

    private static byte[] written(WireWriter writer) {
        return Arrays.copyOf(writer.bytes(), writer.size());
    }

    @Test
    void writesWhatProtobufWrites() throws Exception {
        Random random = new Random(SEED);
        WireWriter writer = new WireWriter(0);
        for (int i = 0; i < 20_000; i++) {
            long number = random.nextLong() >> random.nextInt(64) | 1;
            int small = random.nextInt() >> random.nextInt(32) | 1;
            byte[] value = new byte[random.nextInt(200)];
            random.nextBytes(value);
            int field = 1 + random.nextInt((1 << 29) - 1);
            writer.clear();
            writer.varint(number);
            writer.varint(small);
            writer.zigzag(small);
            writer.fixed32(small);
            writer.uint32(field, small);
            writer.uint64(field, number);
            writer.sint32(field, small);
            writer.fixed32(field, small);
            writer.delimited(field, value, 0, value.length);
            writer.text(field, "Zöne");

            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeUInt64NoTag(number);
            out.writeUInt32NoTag(small);
            out.writeSInt32NoTag(small);
            out.writeFixed32NoTag(small);
            out.writeUInt32(field, small);
            out.writeUInt64(field, number);
            out.writeSInt32(field, small);
            out.writeFixed32(field, small);
            out.writeByteArray(field, value);
            out.writeString(field, "Zöne");
            out.flush();
            assertThat(written(writer)).as("seed %d", SEED).isEqualTo(bytes.toByteArray());
        }
    }

    @Test
    void leavesOutWhatIsNothing() {
        WireWriter writer = new WireWriter(8);
        writer.uint32(1, 0);
        writer.uint64(2, 0);
        writer.sint32(3, 0);
        writer.fixed32(4, 0);
        writer.packed(5, new WireWriter(8));
        assertThat(writer.size()).isZero();
    }

    @Test
    void protobufReadsIdsAndLists() throws Exception {
        WireWriter list = new WireWriter(0);
        for (int i = 0; i < 1_000; i++) {
            list.zigzag(-i);
        }
        UUID id = new UUID(0x0123456789abcdefL, 0xfedcba9876543210L);
        WireWriter writer = new WireWriter(0);
        writer.uuid(2, id.getMostSignificantBits(), id.getLeastSignificantBits());
        writer.packed(3, list);

        CodedInputStream in = CodedInputStream.newInstance(written(writer));
        assertThat(in.readTag() >>> 3).isEqualTo(2);
        assertThat(in.readBytes()).isEqualTo(ByteString.fromHex("0123456789abcdeffedcba9876543210"));
        assertThat(in.readTag() >>> 3).isEqualTo(3);
        in.pushLimit(in.readRawVarint32());
        for (int i = 0; i < 1_000; i++) {
            assertThat(in.readSInt32()).isEqualTo(-i);
        }
        assertThat(in.isAtEnd()).isTrue();
    }
}
