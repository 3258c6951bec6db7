package org.vsekai.nebula.sync.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RoundHeaderTest {
    private final RoundHeader header = RoundHeader.of(
            7,
            -3,
            60,
            new RoundHeader.Page[] {new RoundHeader.Page(0, 1, 100, -5), new RoundHeader.Page(9, 0, 0, 6)},
            new byte[] {1, 2, 3});

    @Test
    void whatIsEncodedIsDecoded() {
        RoundHeader read = RoundHeader.decode(header.ownedBy(8).encode()).orElseThrow();
        assertThat(read.owner()).isEqualTo(8);
        assertThat(read.epoch()).isEqualTo(7);
        assertThat(read.tick()).isEqualTo(-3);
        assertThat(read.ticksPerSecond()).isEqualTo(60);
        assertThat(read.pages()).isEqualTo(2);
        assertThat(read.page(0)).isEqualTo(header.page(0));
        assertThat(read.page(1)).isEqualTo(header.page(1));
        assertThat(read.sessions()).containsExactly(1, 2, 3);
        assertThat(RoundHeader.decode(RoundHeader.empty(5).encode())
                        .orElseThrow()
                        .epoch())
                .isZero();
    }

    @Test
    void whatIsCutOrChangedAnywhereIsNoHeader() {
        byte[] bytes = header.encode();
        for (int i = 0; i < bytes.length; i++) {
            assertThat(RoundHeader.decode(Arrays.copyOf(bytes, i)))
                    .as("cut at %d", i)
                    .isEmpty();
            byte[] changed = bytes.clone();
            changed[i] ^= 0x40;
            assertThat(RoundHeader.decode(changed)).as("changed at %d", i).isEmpty();
        }
        assertThat(RoundHeader.decode(Arrays.copyOf(bytes, bytes.length + 1))).isEmpty();
    }
}
