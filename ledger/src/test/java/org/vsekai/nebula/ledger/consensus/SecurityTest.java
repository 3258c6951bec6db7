package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.ledger.consensus.Trio.eventually;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has not the others' certificate authority or secret is not let in, and does no harm. */
class SecurityTest {
    @TempDir
    static Path folder;

    @Test
    void membersTalkUnderTlsAndAStrangerWithAnotherCertificateStaysAlone() throws Exception {
        MemberConfig.Tls own = Authority.in(folder, "own");
        MemberConfig.Tls other = Authority.in(folder, "other");
        try (Trio trio = new Trio(
                folder.resolve("tls"), 3, config -> config.withTls(config.id().equals("c") ? other : own))) {
            strangerStaysOut(trio);
        }
    }

    @Test
    void aMemberWithoutTlsStaysAlone() throws Exception {
        MemberConfig.Tls own = Authority.in(folder, "plain");
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
        Thread stranger = Thread.ofPlatform().start(() -> start(trio));
        try {
            for (int i = 1; i <= 50; i++) {
                trio.add(1);
            }
            // Either it is refused for as long as it tries, or it is alone, without a majority.
            long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            eventually(() -> !stranger.isAlive() || System.nanoTime() - until > 0);
            eventually(() -> {
                MemberStatus leader = trio.leader().status();
                assertThat(leader.matchIndices()).doesNotContainKey("c");
                return leader.matchIndices().keySet().equals(Set.of(leader.id().equals("a") ? "b" : "a"));
            });
            Member alone = trio.member("c");
            if (alone != null) {
                assertThat(alone.status().leader()).isEmpty();
                assertThat(trio.machine("c").sum()).isZero();
            }
        } finally {
            eventually(() -> {
                stranger.interrupt();
                return !stranger.isAlive();
            });
        }
    }

    private static void start(Trio trio) {
        try {
            trio.start("c");
        } catch (IllegalStateException e) {
            // It is refused, or the test is over.
        }
    }
}
