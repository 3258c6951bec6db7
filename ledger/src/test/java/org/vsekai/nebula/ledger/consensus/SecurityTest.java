package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.ledger.consensus.AddingMachine.add;
import static org.vsekai.nebula.ledger.consensus.AddingMachine.sum;
import static org.vsekai.nebula.ledger.consensus.Trio.eventually;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has not the others' certificate authority or secret is not let in, and does no harm. */
class SecurityTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    /** A key store with a certificate of its own, and a trust store that leads to that alone: each call makes another authority. */
    private static MemberConfig.Tls authority(String name) throws IOException, InterruptedException {
        Path keys = folder.resolve(name + "-keys.p12");
        Path trusted = folder.resolve(name + "-trusted.p12");
        Path certificate = folder.resolve(name + ".cer");
        keytool(
                "-genkeypair",
                "-alias",
                "member",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                PASSWORD);
        keytool(
                "-exportcert",
                "-alias",
                "member",
                "-keystore",
                keys.toString(),
                "-storepass",
                PASSWORD,
                "-file",
                certificate.toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                "member",
                "-file",
                certificate.toString(),
                "-storetype",
                "PKCS12",
                "-keystore",
                trusted.toString(),
                "-storepass",
                PASSWORD);
        return new MemberConfig.Tls(keys, PASSWORD, trusted, PASSWORD);
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        java.util.List<String> command = new java.util.ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).as(String.join(" ", arguments)).isZero();
    }

    @Test
    void membersTalkUnderTlsAndAStrangerWithAnotherCertificateStaysAlone() throws Exception {
        MemberConfig.Tls own = authority("own");
        MemberConfig.Tls other = authority("other");
        try (Trio trio = new Trio(
                folder.resolve("tls"), 3, config -> config.withTls(config.id().equals("c") ? other : own))) {
            strangerStaysOut(trio);
        }
    }

    @Test
    void aMemberWithoutTlsStaysAlone() throws Exception {
        MemberConfig.Tls own = authority("plain");
        try (Trio trio = new Trio(
                folder.resolve("plain"), 3, config -> config.id().equals("c") ? config : config.withTls(own))) {
            strangerStaysOut(trio);
        }
    }

    @Test
    void aMemberWithAnotherSecretStaysOut() {
        try (Trio trio = new Trio(
                folder.resolve("secret"),
                3,
                config -> config.withSecret(config.id().equals("c") ? "another secret" : "the secret"))) {
            strangerStaysOut(trio);
        }
    }

    private static void strangerStaysOut(Trio trio) {
        trio.start("a");
        trio.start("b");
        Member leader = trio.leader();
        CompletableFuture<Void> stranger = CompletableFuture.runAsync(() -> trio.start("c"));
        for (int i = 1; i <= 50; i++) {
            assertThat(sum(leader.propose(add(1), LONG).join())).isEqualTo(i);
        }
        // Either it is refused for as long as it tries, or it is alone, without a majority.
        long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
        eventually(() -> stranger.isCompletedExceptionally() || System.nanoTime() - until > 0);
        assertThat(leader.status().matchIndices())
                .containsOnlyKeys(leader.status().id().equals("a") ? "b" : "a");
        Member alone = trio.member("c");
        if (alone != null) {
            assertThat(alone.status().leader()).isEmpty();
            assertThat(trio.machine("c").sum()).isZero();
        }
    }
}
