package org.vsekai.nebula.casync.pack;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import org.vsekai.nebula.fuzz.Bounded;

/** A frame from a pack fills exactly the room that it is given, or is refused; base and frame may be anything. */
class FrameCodecFuzz {
    @FuzzTest(maxDuration = "15s")
    void decompress(byte[] input) throws Exception {
        if (input.length < 4) {
            return;
        }
        int room = ByteBuffer.wrap(input).getShort() & 0xffff;
        int baseLength = Math.min(input.length - 4, ByteBuffer.wrap(input, 2, 2).getShort() & 0xffff);
        ByteBuffer base = direct(baseLength == 0 ? 0 : baseLength + 1);
        if (baseLength > 0) {
            base.put(FrameCodec.BASE_START).put(input, 4, baseLength).flip();
        }
        int frameLength = input.length - 4 - baseLength;
        ByteBuffer frame =
                direct(frameLength).put(input, 4 + baseLength, frameLength).flip();
        Bounded.run(input.length, () -> {
            ByteBuffer plain = direct(room);
            if (FrameCodec.decompress(base, frame, plain)) {
                assertThat(frameLength > 0 || room == 0).isTrue();
            }
        });
    }

    private static ByteBuffer direct(int size) {
        return ByteBuffer.allocateDirect(size);
    }
}
