package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reads what protobuf's own writer wrote. */
class WireReaderTest {
    private static final long SEED = Long.getLong("nebula.zones.seed", System.nanoTime());

    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    private static WireReader reader(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {-1, -1, -1});
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        writing.to(out);
        out.flush();
        bytes.write(new byte[] {-1, -1, -1});
        WireReader reader = new WireReader();
        reader.read(bytes.toByteArray(), 3, bytes.size() - 6);
        return reader;
    }

    private static WireReader reader(int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        WireReader reader = new WireReader();
        reader.read(all, 0, all.length);
        return reader;
    }

    @Test
    void readsWhatProtobufWrites() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            long number = random.nextLong() >> random.nextInt(64);
            int small = random.nextInt() >> random.nextInt(32);
            byte[] value = new byte[random.nextInt(300)];
            random.nextBytes(value);
            int field = 1 + random.nextInt((1 << 29) - 1);
            WireReader reader = reader(out -> {
                out.writeUInt64NoTag(number);
                out.writeUInt32NoTag(small);
                out.writeSInt32NoTag(small);
                out.writeFixed32NoTag(small);
                out.writeBytes(field, ByteString.copyFrom(value));
                out.writeInt32NoTag(small);
                out.writeUInt64NoTag(number);
            });
            assertThat(reader.varint64()).as("seed %d", SEED).isEqualTo(number);
            assertThat(reader.varint32()).as("seed %d", SEED).isEqualTo(small);
            assertThat(reader.zigzag()).as("seed %d", SEED).isEqualTo(small);
            assertThat(reader.fixed32()).as("seed %d", SEED).isEqualTo(small);
            assertThat(reader.tag()).as("seed %d", SEED).isEqualTo(field << 3 | WireReader.DELIMITED);
            WireReader inner = new WireReader();
            reader.into(inner);
            assertThat(inner.remaining()).as("seed %d", SEED).isEqualTo(value.length);
            for (byte one : value) {
                assertThat(inner.bytes()[inner.offset()]).isEqualTo(one);
                inner.skip(1);
            }
            assertThat(inner.atEnd()).isTrue();
            assertThat(reader.varint32()).as("seed %d", SEED).isEqualTo(small);
            assertThat(reader.varint32()).as("the low half, seed %d", SEED).isEqualTo((int) number);
            assertThat(reader.atEnd()).as("seed %d", SEED).isTrue();
        }
    }

    @Test
    void passesOverFieldsOfEachType() throws Exception {
        WireReader reader = reader(out -> {
            out.writeUInt64(1, -1);
            out.writeFixed64(2, -1);
            out.writeString(3, "text");
            out.writeFixed32(4, -1);
        });
        for (int field = 1; field <= 4; field++) {
            int tag = reader.tag();
            assertThat(tag >>> 3).isEqualTo(field);
            reader.skipField(tag);
        }
        assertThat(reader.atEnd()).isTrue();
    }

    @Test
    void refusesWhatIsNoField() {
        assertRefused(() -> reader(0).tag());
        assertRefused(() -> reader(7).tag());
        assertRefused(() -> reader().varint64());
        assertRefused(() -> reader(0x80).varint32());
        assertRefused(() -> reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0)
                .varint64());
        assertRefused(() -> reader(1, 2, 3).fixed32());
        assertRefused(() -> reader(2, 0).length());
        assertRefused(() ->
                reader(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1).length());
        assertRefused(() -> reader(0xff, 0xff, 0xff, 0xff, 0x0f).length());
        for (int type : new int[] {3, 4, 6, 7}) {
            assertRefused(() -> reader(0, 0, 0, 0, 0, 0, 0, 0).skipField(1 << 3 | type));
        }
        assertRefused(() -> reader(1, 2, 3).skipField(1 << 3 | WireReader.FIXED32));
        assertRefused(() -> reader(1, 2, 3, 4, 5, 6, 7).skipField(1 << 3 | WireReader.FIXED64));
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
        assertThatThrownBy(reading).isInstanceOf(InvalidFrameException.class);
    }
}
