package org.vsekai.nebula.sync.world;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneNameTest {
    @Test
    void aNameIsReadAsItIsWritten() {
        assertThat(ZoneName.find("old-town/0/12")).contains(new ZoneName("old-town", 0, 12));
        assertThat(new ZoneName("old-town", 0, 12)).hasToString("old-town/0/12");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "city",
                "city/0",
                "city/0/0/0",
                "City/0/0",
                "-city/0/0",
                "city/-1/0",
                "city/00/0",
                "city/0/10000",
                "ci ty/0/0"
            })
    void anythingElseIsNone(String text) {
        assertThat(ZoneName.find(text)).isEmpty();
    }
}
