package org.vsekai.nebula.cdn.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CdnUriTest {
    @ParameterizedTest
    @CsvSource({
        "https://cdn.example,             https://cdn.example/",
        "https://cdn.example/,            https://cdn.example/",
        "HTTPS://CDN.Example/Mixed,       https://cdn.example/Mixed/",
        "https://cdn.example./a/b,        https://cdn.example/a/b/",
        "http://192.0.2.7:8080,           http://192.0.2.7:8080/",
        "http://[2001:DB8::1]:8080/x/,    http://[2001:db8::1]:8080/x/",
        "https://cdn7.example/a%20b,      https://cdn7.example/a%20b/",
    })
    void bringsUrisIntoOneForm(String given, String expected) {
        assertThat(CdnUri.parse(given).text()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "cdn.example",
                "/chunks/",
                "ftp://cdn.example/",
                "file:///etc/passwd",
                "http:cdn.example",
                "http:///chunks",
                "http://user@cdn.example/",
                "http://user:pass@cdn.example/",
                "http://cdn.example/?a=b",
                "http://cdn.example/#a",
                "http://cdn.example/../x",
                "http://cdn.example/a/./b",
                "http://cdn.example/a//b",
                "http://cdn.example/%2e%2E/x",
                "http://cdn.example:0/",
                "http://cdn.example:65536/",
                "http://cdn.example/ a",
                "http://cdn_1.example/",
                "http://[fe80::1%25eth0]/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.1/",
                "http://0177.0.0.1/",
                "http://127.1/",
                "http://127.0.0.0x1/",
                "http://a.example.127/",
                "http://017700000001/",
            })
    void refusesWhatIsNotTheBaseOfACdn(String given) {
        assertThatThrownBy(() -> CdnUri.parse(given))
                .isInstanceOfSatisfying(CdnUriRefusedException.class, refused -> assertThat(refused.reason())
                        .isNotBlank());
    }

    @Test
    void refusesOverlongUrisWithoutRepeatingThem() {
        assertThatThrownBy(() -> CdnUri.parse("http://cdn.example/" + "a".repeat(CdnUri.MAX_LENGTH)))
                .isInstanceOf(CdnUriRefusedException.class)
                .message()
                .hasSizeLessThan(300);
    }

    @Test
    void knowsWhatToConnectTo() {
        CdnUri plain = CdnUri.parse("http://cdn.example/a");
        assertThat(plain.host()).isEqualTo("cdn.example");
        assertThat(plain.port()).isEqualTo(80);
        assertThat(plain.tls()).isFalse();
        assertThat(plain.path("chunks/x")).isEqualTo("/a/chunks/x");

        CdnUri secure = CdnUri.parse("https://[2001:db8::1]/");
        assertThat(secure.host()).isEqualTo("2001:db8::1");
        assertThat(secure.port()).isEqualTo(443);
        assertThat(secure.tls()).isTrue();
        assertThat(CdnUri.parse("https://cdn.example:8443").port()).isEqualTo(8443);
    }
}
