package org.vsekai.nebula.sync.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.LedgerEndpoints;
import org.vsekai.nebula.kit.ledger.LedgerOutcomeUnknownException;
import org.vsekai.nebula.kit.ledger.LedgerUnavailableException;
import org.vsekai.nebula.kit.ledger.ReadConsistency;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.sync.testing.MemberProcess;

/** Three packaged members, with TLS and a secret between them, and the kit's client over them. */
class MembersIT {
    private static final String COUNTER = "members-it";
    private static final String PASSWORD = "test-password";
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private final List<MemberProcess> members = new ArrayList<>();
    private LedgerClient client;

    @AfterEach
    void stop() {
        if (client != null) {
            client.close();
        }
        members.forEach(MemberProcess::close);
    }

    @Test
    void whatWasAnsweredSurvivesTheLeaderAndAMinorityRefusesWrites() throws Exception {
        for (String id : List.of("a", "b", "c")) {
            members.add(new MemberProcess(id, folder.resolve(id)));
        }
        Map<String, String> settings = settings();
        members.forEach(member -> member.start(settings));
        members.forEach(MemberProcess::awaitReady);
        client = LedgerClient.connect(
                LedgerEndpoints.of(members.stream().map(MemberProcess::grpc).toList(), Optional.of(TestTokens.SERVER)));

        addWhileTheLeaderDies();
        members.stream().filter(member -> !member.isAlive()).forEach(member -> member.start(settings));
        members.forEach(MemberProcess::awaitReady);
        long value = await(client.counter(COUNTER, ReadConsistency.LINEARIZABLE));

        members.get(0).kill();
        members.get(1).kill();
        minorityAnswersStaleReadsOnly(members.get(2), value);

        members.get(0).start(settings);
        members.get(0).awaitReady();
        eventually(() -> assertThat(tryAdd()).isPositive());
        assertThat(await(client.counter(COUNTER, ReadConsistency.LINEARIZABLE))).isGreaterThan(value);
    }

    /** Each add that was answered counts once; one whose outcome is unknown at most once. */
    private void addWhileTheLeaderDies() {
        AtomicLong answered = new AtomicLong();
        AtomicLong open = new AtomicLong();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        MemberProcess leader = leader();
        // The client's first call sets up what Mutiny needs, and two that are both the first fail one another.
        long before = await(client.addToCounter(COUNTER, 0));
        assertThat(before).isZero();
        List<Thread> adders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            adders.add(Thread.ofVirtual().start(() -> {
                for (int j = 0; j < 50; j++) {
                    try {
                        long unused = await(client.addToCounter(COUNTER, 1));
                        answered.incrementAndGet();
                    } catch (LedgerOutcomeUnknownException e) {
                        open.incrementAndGet();
                    } catch (RuntimeException e) {
                        failures.add(e);
                    }
                }
            }));
        }
        eventually(() -> assertThat(answered.get()).isGreaterThan(20));
        leader.kill();
        for (Thread adder : adders) {
            try {
                assertThat(adder.join(Duration.ofSeconds(60))).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        assertThat(failures).isEmpty();
        assertThat(answered.get() + open.get()).isEqualTo(200);
        assertThat(await(client.counter(COUNTER, ReadConsistency.LINEARIZABLE)))
                .isBetween(answered.get(), answered.get() + open.get());
        assertThat(leader().id()).isNotEqualTo(leader.id());
    }

    private MemberProcess leader() {
        MemberProcess[] found = new MemberProcess[1];
        eventually(() -> {
            found[0] = members.stream()
                    .filter(member -> member.get("/api/v1/ledger/status").body().contains("\"role\":\"leader\""))
                    .findAny()
                    .orElse(null);
            assertThat(found[0]).as("leader").isNotNull();
        });
        return found[0];
    }

    private void minorityAnswersStaleReadsOnly(MemberProcess alone, long value) {
        LedgerClient impatient = client.withDeadline(DEADLINE);
        // One that led may take a command before it misses the others; what becomes of that is open.
        eventually(() -> unavailable(impatient.addToCounter(COUNTER, 1)));
        eventually(() -> unavailable(impatient.counter(COUNTER, ReadConsistency.LINEARIZABLE)));
        assertThat(await(client.counter(COUNTER, ReadConsistency.STALE))).isGreaterThanOrEqualTo(value);

        MemberProcess.Answer refused = alone.get("/api/v1/ledger/counters");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("NO_LEADER");
        assertThat(alone.get("/api/v1/ledger/counters?consistency=stale").statusCode())
                .isEqualTo(200);
        assertThat(alone.get("/q/health/live").statusCode()).isEqualTo(200);
        MemberProcess.Answer ready = alone.get("/q/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body().replace(" ", "")).contains("\"writable\":false");
    }

    private static void unavailable(Uni<Long> call) {
        long begun = System.nanoTime();
        assertThatThrownBy(() -> await(call)).isInstanceOf(LedgerUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(DEADLINE.plusSeconds(10));
    }

    private long tryAdd() {
        try {
            return await(client.addToCounter(COUNTER, 1));
        } catch (LedgerUnavailableException | LedgerOutcomeUnknownException e) {
            return 0;
        }
    }

    @Test
    void unsafeMemberDoesNotStartAndSaysWhy() {
        try (MemberProcess member = new MemberProcess("a", folder.resolve("unsafe"))) {
            member.start(Map.of("members", "a,b,c", "fsync", "false"));
            assertThat(member.awaitEnd()).isNotZero();
            assertThat(member.output())
                    .contains("nebula.entity-sync.ledger.secret", "nebula.entity-sync.ledger.fsync", "allow-unsafe");
        }
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(30));
    }

    private Map<String, String> settings() throws IOException, InterruptedException {
        Path keys = folder.resolve("keys.p12");
        Path certificate = folder.resolve("ledger.pem");
        Path trust = folder.resolve("trust.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "ledger",
                "-keyalg",
                "EC",
                "-dname",
                "CN=ledger",
                "-keystore",
                keys.toString());
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "ledger",
                "-keystore",
                keys.toString(),
                "-file",
                certificate.toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                "ledger",
                "-file",
                certificate.toString(),
                "-keystore",
                trust.toString());
        Map<String, String> settings = new HashMap<>();
        settings.put("members", members.stream().map(MemberProcess::id).collect(Collectors.joining(",")));
        settings.put(
                "discovery.hosts", members.stream().map(MemberProcess::raft).collect(Collectors.joining(",")));
        settings.put("secret", "what-every-member-knows");
        settings.put("tls.key-store", keys.toString());
        settings.put("tls.key-store-password", PASSWORD);
        settings.put("tls.trust-store", trust.toString());
        settings.put("tls.trust-store-password", PASSWORD);
        return settings;
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }
}
