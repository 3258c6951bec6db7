package org.vsekai.nebula.launcher.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.vsekai.nebula.fuzz.Bounded;

/** An address is refused, or what is asked below it stays on its host. */
class ServiceAddressesFuzz {
    @FuzzTest(maxDuration = "15s")
    void base(byte[] input) throws Exception {
        String text = new String(input, StandardCharsets.UTF_8);
        Bounded.run(input.length, () -> {
            URI mode = URI.create("http://updates.example/").resolve("modes/" + ServiceAddresses.segment(text));
            assertThat(mode.getHost()).isEqualTo("updates.example");
            assertThat(mode.getRawPath()).startsWith("/modes/");
            URI base;
            try {
                base = ServiceAddresses.base(text);
            } catch (IllegalArgumentException e) {
                return;
            }
            assertThat(base.getScheme()).matches("(?i)https?");
            assertThat(base.getRawPath()).endsWith("/");
            assertThat(base.resolve("chunks/x").getRawAuthority()).isEqualTo(base.getRawAuthority());
        });
    }
}
