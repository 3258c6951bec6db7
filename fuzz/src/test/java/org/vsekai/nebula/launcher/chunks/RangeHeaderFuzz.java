package org.vsekai.nebula.launcher.chunks;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.vsekai.nebula.fuzz.Bounded;

/** Whatever range is asked for, what is sent lies within the chunk. */
class RangeHeaderFuzz {
    @FuzzTest(maxDuration = "15s")
    void parse(byte[] input) throws Exception {
        int size = input.length == 0 ? 0 : (input[0] & 0xff);
        String header = new String(input, StandardCharsets.ISO_8859_1);
        Bounded.run(input.length, () -> {
            for (String text : new String[] {header, "bytes=" + header}) {
                RangeHeader range = RangeHeader.parse(text, size);
                switch (range.kind()) {
                    case WHOLE -> assertThat(range.length()).isEqualTo(size);
                    case PART -> {
                        assertThat(range.first()).isBetween(0, size - 1);
                        assertThat(range.last()).isBetween(range.first(), size - 1);
                    }
                    case UNSATISFIABLE -> assertThat(range.length()).isZero();
                }
            }
        });
    }
}
