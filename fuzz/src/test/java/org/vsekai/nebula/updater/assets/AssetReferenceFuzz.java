package org.vsekai.nebula.updater.assets;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.vsekai.nebula.fuzz.Bounded;

/** What asset-store says of an archive is refused, or can be referred to and told back. */
class AssetReferenceFuzz {
    private static final URI BASE = URI.create("http://assets.example/store/");
    private static final IndexName INDEX = new IndexName("0".repeat(64) + ".caidx");

    @FuzzTest(maxDuration = "15s")
    void path(byte[] input) throws Exception {
        String path = new String(input, StandardCharsets.UTF_8);
        Bounded.run(input.length, () -> {
            try {
                assertThat(new ArchiveNode.Directory(path, 0755).path()).isEqualTo(path);
            } catch (UnsuitableArchiveException e) {
                return;
            }
            URI uri = AssetReference.to(INDEX, path).resolve(BASE);
            assertThat(uri.getRawPath()).isEqualTo("/store/indexes/" + INDEX.text());
            assertThat(uri.getFragment()).isEqualTo(path);
        });
    }
}
