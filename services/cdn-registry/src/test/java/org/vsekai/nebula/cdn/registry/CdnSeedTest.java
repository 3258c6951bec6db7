package org.vsekai.nebula.cdn.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.cdn.address.CdnUri;

class CdnSeedTest {
    @Test
    void readsEntriesAndPassesOverEmptyOnes() {
        assertThat(CdnSeed.parse(List.of(" local | The asset store | http://127.0.0.1:8082 | local ", "")))
                .containsExactly(
                        new CdnEntry("local", "The asset store", CdnUri.parse("http://127.0.0.1:8082/"), "local"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local",
                "local|name|http://cdn.example/",
                "local|name|http://cdn.example/|eu|more",
                "|name|http://cdn.example/|eu",
                "local||http://cdn.example/|eu",
                "local|name|ftp://cdn.example/|eu",
                "local|name|http://cdn.example/|EU",
                "../local|name|http://cdn.example/|eu",
            })
    void wrongEntryIsNamed(String entry) {
        assertThatThrownBy(() -> CdnSeed.parse(List.of("good|name|http://cdn.example/|eu", entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NEBULA_CDN_SEED")
                .hasMessageContaining('"' + entry + '"');
    }
}
