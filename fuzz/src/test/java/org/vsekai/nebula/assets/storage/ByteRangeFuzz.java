package org.vsekai.nebula.assets.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.vsekai.nebula.fuzz.Bounded;

/** Whatever range is asked for, what is sent lies within the file. */
class ByteRangeFuzz {
    @FuzzTest(maxDuration = "15s")
    void parse(byte[] input) throws Exception {
        if (input.length < Long.BYTES) {
            return;
        }
        long size = ByteBuffer.wrap(input).getLong() & Long.MAX_VALUE;
        String header = new String(input, Long.BYTES, input.length - Long.BYTES, StandardCharsets.ISO_8859_1);
        Bounded.run(input.length, () -> {
            for (String text : new String[] {header, "bytes=" + header}) {
                try {
                    ByteRange.parse(text, size).ifPresent(range -> {
                        assertThat(range.first()).isBetween(0L, size - 1);
                        assertThat(range.last()).isBetween(range.first(), size - 1);
                        assertThat(range.length()).isBetween(1L, size);
                    });
                } catch (ByteRange.UnsatisfiableException e) {
                    assertThat(text).contains("-");
                }
            }
        });
    }
}
