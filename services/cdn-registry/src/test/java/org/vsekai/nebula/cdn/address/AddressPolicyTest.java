package org.vsekai.nebula.cdn.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
    private static final CdnUri CDN = CdnUri.parse("https://cdn.example/");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.0.1",
                "fe80::1",
                "febf::1",
                "::ffff:169.254.169.254",
                "::169.254.169.254",
                "64:ff9b::169.254.169.254",
                "64:ff9b:1::a9fe:a9fe",
                "2002:a9fe:a9fe::1",
                "fd00:ec2::254",
                "fd20:ce::254",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "0.0.0.0",
                "0.1.2.3",
                "::",
                "224.0.0.1",
                "239.255.255.255",
                "ff02::1",
                "240.0.0.1",
                "255.255.255.255",
            })
    void someAddressesAreRefusedWhateverIsAllowed(String address) {
        assertThat(policy(true, true).refusal(InetAddress.ofLiteral(address))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"})
    void loopbackIsRefusedUnlessAllowed(String address) {
        assertThat(policy(false, true).refusal(InetAddress.ofLiteral(address))).isPresent();
        assertThat(policy(true, false).refusal(InetAddress.ofLiteral(address))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "100.127.255.255",
                "fc00::1",
                "fd12:3456::1",
                "fec0::1",
                "::ffff:10.0.0.1",
                "2002:0a00:0001::1",
            })
    void privateRangesAreRefusedUnlessAllowed(String address) {
        assertThat(policy(true, false).refusal(InetAddress.ofLiteral(address))).isPresent();
        assertThat(policy(false, true).refusal(InetAddress.ofLiteral(address))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1",
                "172.15.0.1",
                "172.32.0.1",
                "100.63.0.1",
                "100.128.0.1",
                "2001:db8::1",
                "2002:c000:0201::1"
            })
    void publicAddressesPass(String address) {
        assertThat(policy(false, false).refusal(InetAddress.ofLiteral(address))).isEmpty();
    }

    @Test
    void hostWithOneBadAddressAmongGoodOnesIsRefused() {
        assertThatThrownBy(() -> resolvingTo("192.0.2.1", "169.254.169.254").check(CDN))
                .isInstanceOf(CdnUriRefusedException.class)
                .hasMessageContaining("169.254.169.254")
                .hasMessageContaining("link-local");
    }

    @Test
    void addressToConnectToIsTheOneThatWasChecked() {
        assertThat(resolvingTo("192.0.2.1", "192.0.2.2").check(CDN)).isEqualTo(InetAddress.ofLiteral("192.0.2.1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://metadata.google.internal/", "http://METADATA.google.internal./", "http://metadata/"})
    void metadataNamesAreRefusedWhateverTheyResolveTo(String uri) {
        assertThatThrownBy(() -> resolvingTo("192.0.2.1").check(CdnUri.parse(uri)))
                .isInstanceOf(CdnUriRefusedException.class);
    }

    @Test
    void hostWithoutAnAddressIsUnresolvedAndNotRefused() {
        AddressPolicy policy = new AddressPolicy(
                host -> {
                    throw new UnknownHostException(host);
                },
                false,
                false);
        assertThatThrownBy(() -> policy.check(CDN))
                .isInstanceOfSatisfying(HostUnresolvedException.class, unresolved -> assertThat(unresolved.host())
                        .isEqualTo("cdn.example"));
    }

    private static AddressPolicy policy(boolean allowLoopback, boolean allowPrivate) {
        return new AddressPolicy(host -> List.of(), allowLoopback, allowPrivate);
    }

    private static AddressPolicy resolvingTo(String... addresses) {
        return new AddressPolicy(
                host -> Arrays.stream(addresses).map(InetAddress::ofLiteral).toList(), false, false);
    }
}
