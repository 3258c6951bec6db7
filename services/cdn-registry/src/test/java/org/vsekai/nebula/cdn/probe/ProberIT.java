package org.vsekai.nebula.cdn.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.cdn.FakeCdn;
import org.vsekai.nebula.cdn.address.AddressPolicy;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.cdn.address.HostResolver;
import org.vsekai.nebula.cdn.probe.ProbeOutcome.Failed;
import org.vsekai.nebula.cdn.probe.ProbeOutcome.Intact;

@Timeout(60)
class ProberIT {
    private static final Duration DEADLINE = Duration.ofMillis(1_500);
    private static final HostResolver LITERALS = host -> List.of(InetAddress.ofLiteral(host));
    private static final Vertx VERTX = Vertx.vertx();

    @AfterAll
    static void closeVertx() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void cdnWithTheZeroChunkIsIntact() throws Exception {
        try (FakeCdn cdn = new FakeCdn(FakeCdn.GOOD)) {
            assertThat(probe(LITERALS, cdn.uri() + "base/"))
                    .isInstanceOfSatisfying(
                            Intact.class,
                            intact -> assertThat(intact.latency()).isPositive().isLessThan(DEADLINE));
            assertThat(cdn.requests()).containsExactly("GET /base/" + ZeroChunk.PATH + " 127.0.0.1:" + cdn.port());
        }
    }

    static Stream<Arguments> badCdns() {
        return Stream.of(
                Arguments.of("wrong bytes", FakeCdn.WRONG_BYTES, "wrong bytes"),
                Arguments.of(
                        "not zstd",
                        FakeCdn.bytes("not a chunk".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        "wrong bytes"),
                Arguments.of("empty", FakeCdn.bytes(new byte[0]), "wrong bytes"),
                Arguments.of(
                        "bomb", FakeCdn.bytes(ChunkCodec.compress(new byte[256 << 20], 0, 256 << 20)), "wrong bytes"),
                Arguments.of("absent", FakeCdn.ABSENT, "HTTP status 404"),
                Arguments.of("endless", FakeCdn.ENDLESS, "more than"),
                Arguments.of("one byte a second", FakeCdn.SLOW, "no whole answer within 1500 ms"),
                Arguments.of("cut short", FakeCdn.CUT_SHORT, "no connection or answer"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badCdns")
    void badCdnFailsInTime(String name, FakeCdn.Behaviour behaviour, String reason) throws Exception {
        try (FakeCdn cdn = new FakeCdn(behaviour)) {
            long started = System.nanoTime();
            assertThat(probe(LITERALS, cdn.uri()))
                    .isInstanceOfSatisfying(
                            Failed.class, failed -> assertThat(failed.reason()).contains(reason));
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(DEADLINE.multipliedBy(3));
        }
    }

    @Test
    void closedPortFails() throws Exception {
        int port = closedPort();
        assertThat(probe(LITERALS, "http://127.0.0.1:" + port))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.reason()).contains("no connection"));
    }

    @Test
    void redirectIsNotFollowed() throws Exception {
        try (FakeCdn target = new FakeCdn(FakeCdn.GOOD);
                FakeCdn cdn = new FakeCdn(FakeCdn.redirect(target.uri()))) {
            assertThat(probe(LITERALS, cdn.uri())).isEqualTo(new Failed("HTTP status 302"));
            cdn.behave(FakeCdn.redirect("http://169.254.169.254/latest/meta-data/"));
            assertThat(probe(LITERALS, cdn.uri())).isEqualTo(new Failed("HTTP status 302"));
            assertThat(target.requests()).isEmpty();
        }
    }

    @Test
    void connectsToTheCheckedAddressAndAsksForTheName() throws Exception {
        try (FakeCdn cdn = new FakeCdn(FakeCdn.GOOD)) {
            // No name service knows this name: only the checked address can have been used.
            String uri = "http://cdn.invalid:" + cdn.port() + "/";
            assertThat(probe(host -> List.of(InetAddress.ofLiteral("127.0.0.1")), uri))
                    .isInstanceOf(Intact.class);
            assertThat(cdn.requests()).singleElement().asString().endsWith(" cdn.invalid:" + cdn.port());
        }
    }

    @Test
    void hostHeaderOfAnIpv6LiteralHasBrackets() throws Exception {
        try (FakeCdn cdn = new FakeCdn(FakeCdn.GOOD)) {
            String uri = "http://[2001:db8::1]:" + cdn.port() + "/";
            assertThat(probe(host -> List.of(InetAddress.ofLiteral("127.0.0.1")), uri))
                    .isInstanceOf(Intact.class);
            assertThat(cdn.requests()).singleElement().asString().endsWith(" [2001:db8::1]:" + cdn.port());
        }
    }

    @Test
    void certificateThatNobodyVouchesForIsNotAccepted(@TempDir Path folder) throws Exception {
        try (FakeCdn cdn = new FakeCdn(FakeCdn.GOOD, selfSigned(folder.resolve("cdn.p12")))) {
            assertThat(probe(LITERALS, "https://127.0.0.1:" + cdn.port()))
                    .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.reason())
                            .contains("unable to find valid certification path"));
            assertThat(cdn.requests()).isEmpty();
        }
    }

    private static SSLContext selfSigned(Path keyStore) throws Exception {
        char[] password = "test-password".toCharArray();
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        keyStore.toString(),
                        "-storepass",
                        new String(password),
                        "-alias",
                        "cdn",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "SAN=IP:127.0.0.1")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(keyStore.toFile(), password), password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void nameThatIsReboundBetweenProbesIsRefusedWithoutConnecting() throws Exception {
        try (FakeCdn cdn = new FakeCdn(FakeCdn.GOOD);
                Prober prober = prober(rebinding("127.0.0.1", "169.254.169.254", "127.0.0.1"))) {
            CdnUri uri = CdnUri.parse("http://cdn.invalid:" + cdn.port());
            assertThat(prober.probe(uri)).isInstanceOf(Intact.class);
            assertThat(prober.probe(uri)).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.reason())
                    .contains("169.254.169.254", "link-local"));
            assertThat(cdn.requests()).hasSize(1);
        }
    }

    private static HostResolver rebinding(String... addresses) {
        Deque<String> answers = new ArrayDeque<>(List.of(addresses));
        return host -> List.of(InetAddress.ofLiteral(answers.removeFirst()));
    }

    private static ProbeOutcome probe(HostResolver resolver, String uri) throws InterruptedException {
        try (Prober prober = prober(resolver)) {
            return prober.probe(CdnUri.parse(uri));
        }
    }

    private static Prober prober(HostResolver resolver) {
        return new Prober(VERTX, new AddressPolicy(resolver, true, false), DEADLINE);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
