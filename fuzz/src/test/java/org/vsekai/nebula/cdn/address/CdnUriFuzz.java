package org.vsekai.nebula.cdn.address;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.vsekai.nebula.fuzz.Bounded;

/** A CDN's address is refused, or has one form that leads where it says. */
class CdnUriFuzz {
    @FuzzTest(maxDuration = "15s")
    void parse(byte[] input) throws Exception {
        String text = new String(input, StandardCharsets.UTF_8);
        Bounded.run(input.length, () -> {
            CdnUri uri;
            try {
                uri = CdnUri.parse(text);
            } catch (CdnUriRefusedException e) {
                return;
            }
            assertThat(CdnUri.parse(uri.text())).isEqualTo(uri);
            assertThat(uri.text()).endsWith("/");
            assertThat(uri.port()).isBetween(1, 65_535);
            assertThat(uri.host()).isNotBlank().doesNotContain("[", "]", "%", "/", "@");
            URI chunk = URI.create(uri.text()).resolve("chunks/0000/x");
            assertThat(chunk.getHost()).isEqualTo(uri.authorityHost());
            assertThat(chunk.getRawPath()).isEqualTo(uri.path("chunks/0000/x"));
        });
    }
}
