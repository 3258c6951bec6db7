package org.vsekai.nebula.updater.assets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetReferenceTest {
    private static final IndexName INDEX = new IndexName("ab".repeat(32) + ".caidx");
    private static final URI BASE = URI.create("https://assets.example.org/nebula/");

    @Test
    void resolvesAgainstThePublicAddress() {
        assertThat(AssetReference.to(INDEX).resolve(BASE))
                .hasToString("https://assets.example.org/nebula/indexes/" + INDEX);
        assertThat(AssetReference.to(new ManifestName("cd".repeat(32) + ".json"))
                        .resolve(BASE))
                .hasToString("https://assets.example.org/nebula/manifests/" + "cd".repeat(32) + ".json");
    }

    @Test
    void encodesWhatAFragmentCannotHold() {
        assertThat(AssetReference.to(INDEX, "a b/ü#%[]\"").text())
                .isEqualTo("indexes/" + INDEX + "#a%20b/%C3%BC%23%25%5B%5D%22");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "bin/run me", "größe/€", "100%", "#", "?x=1&y", "\uD83C\uDFAE", "a\nb", "~!$&'()*+,;=:@"})
    void theFragmentIsThePath(String path) {
        URI uri = AssetReference.to(INDEX, path).resolve(BASE);
        assertThat(uri.getFragment()).isEqualTo(path);
        assertThat(uri.getPath()).isEqualTo("/nebula/indexes/" + INDEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc.caidx",
                "../x.caidx",
                "ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB.caidx"
            })
    void refusesOtherIndexNames(String name) {
        assertThatThrownBy(() -> new IndexName(name)).isInstanceOf(IllegalArgumentException.class);
    }
}
