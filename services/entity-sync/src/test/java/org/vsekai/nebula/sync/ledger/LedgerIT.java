package org.vsekai.nebula.sync.ledger;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.ledger.v1.AddToCounterRequest;
import org.vsekai.nebula.api.ledger.v1.CountersGrpc;
import org.vsekai.nebula.kit.ledger.BeginAnswer;
import org.vsekai.nebula.kit.ledger.ClaimAnswer;
import org.vsekai.nebula.kit.ledger.CompareAndSet;
import org.vsekai.nebula.kit.ledger.CounterChange;
import org.vsekai.nebula.kit.ledger.FinishAnswer;
import org.vsekai.nebula.kit.ledger.IntentFilter;
import org.vsekai.nebula.kit.ledger.LeaseAnswer;
import org.vsekai.nebula.kit.ledger.LeaseChange;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.LedgerEndpoints;
import org.vsekai.nebula.kit.ledger.LedgerIntent;
import org.vsekai.nebula.kit.ledger.NodeLease;
import org.vsekai.nebula.kit.ledger.ReadConsistency;
import org.vsekai.nebula.kit.ledger.WatchEvent;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.testing.RoleWalk;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.sync.testing.SingleMember;

/** The kit's client, the gRPC services and the REST resource over a ledger of one member. */
@QuarkusTest
@QuarkusTestResource(SingleMember.class)
class LedgerIT {
    private static final Duration TTL = Duration.ofSeconds(30);

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    private final String prefix = UUID.randomUUID() + "/";
    private LedgerClient ledger;

    @BeforeEach
    void connect() {
        ledger = LedgerClient.connect(LedgerEndpoints.of(
                // Nobody listens at the first: it is passed over.
                List.of("127.0.0.1:1", "127.0.0.1:" + grpcPort), Optional.of(TestTokens.SERVER)));
    }

    @AfterEach
    void disconnect() {
        ledger.close();
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(20));
    }

    private static RequestSpecification operator() {
        return given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR))
                .contentType(ContentType.JSON);
    }

    @Test
    void countersAreAddedToComparedAndListed() {
        String name = prefix + "a";
        assertThat(await(ledger.counter(name, ReadConsistency.LINEARIZABLE))).isZero();
        assertThat(await(ledger.addToCounter(name, 5))).isEqualTo(5);
        assertThat(await(ledger.addToCounter(name, -2))).isEqualTo(3);
        assertThat(await(ledger.compareAndSetCounter(name, 3, 40))).isEqualTo(new CompareAndSet(true, 40));
        assertThat(await(ledger.compareAndSetCounter(name, 3, 50))).isEqualTo(new CompareAndSet(false, 40));
        assertThat(await(ledger.counter(name, ReadConsistency.STALE))).isEqualTo(40);
        assertThatThrownBy(() -> await(ledger.addToCounter(name, Long.MAX_VALUE)))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.code()).isEqualTo("COUNTER_OVERFLOW"));

        long unused = await(ledger.addToCounter(prefix + "b", 1));
        String next = operator()
                .get("/api/v1/ledger/counters?limit=1&prefix=" + prefix)
                .then()
                .statusCode(200)
                .body("items", equalTo(List.of(java.util.Map.of("name", name, "value", 40))))
                .extract()
                .path("next");
        operator()
                .get("/api/v1/ledger/counters?limit=1&consistency=stale&prefix=" + prefix + "&after=" + next)
                .then()
                .statusCode(200)
                .body("items[0].name", equalTo(prefix + "b"))
                .body("next", equalTo(null));
    }

    @Test
    void requestIdCountsOnceHoweverOftenItIsSent() {
        UUID request = UUID.randomUUID();
        String name = prefix + "once";
        Uni<Long> add = ledger.addToCounter(request, name, 7);
        assertThat(await(add)).isEqualTo(7);
        assertThat(await(add)).isEqualTo(7);
        assertThat(await(ledger.counter(name, ReadConsistency.LINEARIZABLE))).isEqualTo(7);
        assertThatThrownBy(() -> await(ledger.addToCounter(request, name, 8)))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.code()).isEqualTo("REQUEST_ID_REUSED"));
    }

    @Test
    void leasesAndClaimsAreHeldByOne() {
        String name = prefix + "node";
        LeaseAnswer.Granted first = (LeaseAnswer.Granted) await(ledger.acquireLease(name, "me", TTL));
        long token = first.lease().token();
        assertThat(await(ledger.acquireLease(name, "you", TTL)))
                .isInstanceOfSatisfying(LeaseAnswer.Held.class, held -> assertThat(held.holder())
                        .isEqualTo("me"));
        assertThat(await(ledger.renewLease(name, token))).isEqualTo(first);
        assertThat(await(ledger.renewLease(name, token + 1))).isEqualTo(new LeaseAnswer.Lost());
        assertThat(await(ledger.findLease(name, ReadConsistency.LINEARIZABLE))).contains(first.lease());

        ClaimAnswer.Claimed claim = (ClaimAnswer.Claimed) await(ledger.claim(prefix + "zone", name, token));
        assertThat(claim.token()).isGreaterThan(token);
        LeaseAnswer.Granted other = (LeaseAnswer.Granted) await(ledger.acquireLease(prefix + "other", "you", TTL));
        assertThat(await(ledger.claim(
                        prefix + "zone", prefix + "other", other.lease().token())))
                .isEqualTo(new ClaimAnswer.Held(prefix + "zone", name, claim.token()));
        assertThat(await(ledger.claim(prefix + "x", name, token + 99))).isEqualTo(new ClaimAnswer.LeaseLost());
        operator()
                .get("/api/v1/ledger/claims?prefix=" + prefix)
                .then()
                .statusCode(200)
                .body("items[0].resource", equalTo(prefix + "zone"))
                .body("items[0].lease", equalTo(name));
        operator()
                .get("/api/v1/ledger/leases?prefix=" + prefix)
                .then()
                .statusCode(200)
                .body("items.name", equalTo(List.of(name, prefix + "other")))
                .body("items[0].time_to_live_millis", equalTo((int) TTL.toMillis()))
                .body("items[0].remaining_millis", greaterThan(0));

        assertThat(await(ledger.releaseClaim(prefix + "zone", claim.token()))).isTrue();
        assertThat(await(ledger.releaseClaim(prefix + "zone", claim.token()))).isFalse();
        assertThat(await(ledger.releaseLease(name, token))).isTrue();
        assertThat(await(ledger.releaseLease(name, token))).isFalse();
        assertThat(await(ledger.findLease(name, ReadConsistency.LINEARIZABLE))).isEmpty();
    }

    @Test
    void intentsAreFinishedByTheirWriterAndAfterItsDeathByRecovery() {
        String node = prefix + "writer";
        long lease = ((LeaseAnswer.Granted) await(ledger.acquireLease(node, "w", TTL)))
                .lease()
                .token();
        String kind = prefix + "publish";
        UUID committed = UUID.randomUUID();
        UUID orphan = UUID.randomUUID();
        BeginAnswer.Begun begun =
                (BeginAnswer.Begun) await(ledger.beginIntent(committed, kind, "w", node, lease, List.of("a", "b")));
        assertThat(await(ledger.beginIntent(committed, kind, "w", node, lease, List.of())))
                .isEqualTo(new BeginAnswer.Exists());
        assertThat(await(ledger.commitIntent(committed, begun.token() + 50))).isEqualTo(new FinishAnswer.NotYours());
        assertThat(await(ledger.commitIntent(committed, begun.token()))).isEqualTo(new FinishAnswer.Finished(true));
        assertThat(await(ledger.commitIntent(committed, begun.token()))).isEqualTo(new FinishAnswer.Finished(false));
        assertThat(await(ledger.abortIntent(committed, begun.token(), "late")))
                .isEqualTo(new FinishAnswer.OtherOutcome(LedgerIntent.State.COMMITTED));
        assertThat(await(ledger.commitIntent(UUID.randomUUID(), begun.token()))).isEqualTo(new FinishAnswer.Unknown());

        BeginAnswer.Begun second =
                (BeginAnswer.Begun) await(ledger.beginIntent(orphan, kind, "w", node, lease, List.of("c")));
        IntentFilter orphans = new IntentFilter(Optional.empty(), Optional.of(kind), true);
        PageRequest page = new PageRequest(1, Optional.empty());
        assertThat(await(ledger.intents(orphans, page, ReadConsistency.LINEARIZABLE))
                        .items())
                .isEmpty();
        assertThat(await(ledger.releaseLease(node, lease))).isTrue();
        assertThat(await(ledger.intents(orphans, page, ReadConsistency.LINEARIZABLE))
                        .items())
                .extracting(LedgerIntent::id, LedgerIntent::token, LedgerIntent::orphaned)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(orphan, second.token(), true));
        assertThat(await(ledger.commitIntent(orphan, second.token()))).isEqualTo(new FinishAnswer.LeaseLost());

        String healer = prefix + "healer";
        long healing = ((LeaseAnswer.Granted) await(ledger.acquireLease(healer, "h", TTL)))
                .lease()
                .token();
        ClaimAnswer.Claimed recovery =
                (ClaimAnswer.Claimed) await(ledger.claim(LedgerIntent.RECOVERY, healer, healing));
        assertThat(await(ledger.abortIntent(orphan, recovery.token(), "its writer died")))
                .isEqualTo(new FinishAnswer.Finished(true));
        LedgerIntent aborted =
                await(ledger.findIntent(orphan, ReadConsistency.LINEARIZABLE)).orElseThrow();
        assertThat(aborted.state()).isEqualTo(LedgerIntent.State.ABORTED);
        assertThat(aborted.reason()).isEqualTo("its writer died");
        assertThat(aborted.finishedAt()).isPresent();
        assertThat(await(ledger.releaseLease(healer, healing))).isTrue();

        IntentFilter all = new IntentFilter(Optional.empty(), Optional.of(kind), false);
        Page<LedgerIntent> first = await(ledger.intents(all, page, ReadConsistency.LINEARIZABLE));
        assertThat(first.items()).extracting(LedgerIntent::id).containsExactly(committed);
        Page<LedgerIntent> rest =
                await(ledger.intents(all, PageRequest.of(1, first.next()), ReadConsistency.LINEARIZABLE));
        assertThat(rest.items()).extracting(LedgerIntent::id).containsExactly(orphan);
        assertThat(rest.next()).isNull();
        operator()
                .get("/api/v1/ledger/intents?state=aborted&kind=" + kind)
                .then()
                .statusCode(200)
                .body("items.id", equalTo(List.of(orphan.toString())))
                .body("items[0].covers", equalTo(List.of("c")))
                .body("items[0].reason", equalTo("its writer died"));
    }

    @Test
    void watchTellsWhatThereIsAndThenEachChange() {
        long before = await(ledger.addToCounter(prefix + "w", 1));
        List<WatchEvent<CounterChange>> counters = new CopyOnWriteArrayList<>();
        List<WatchEvent<LeaseChange>> leases = new CopyOnWriteArrayList<>();
        Cancellable counterWatch = ledger.watchCounters(prefix).subscribe().with(counters::add);
        Cancellable leaseWatch = ledger.watchLeases(prefix).subscribe().with(leases::add);
        try {
            eventually(() -> {
                assertThat(counters).hasSizeGreaterThanOrEqualTo(3);
                assertThat(leases).hasSizeGreaterThanOrEqualTo(2);
            });
            assertThat(counters.getLast()).isInstanceOf(WatchEvent.Current.class);
            assertThat(changes(counters)).containsExactly(new CounterChange(prefix + "w", before));
            long after = await(ledger.addToCounter(prefix + "w", 1));
            LeaseAnswer.Granted lease = (LeaseAnswer.Granted) await(ledger.acquireLease(prefix + "l", "me", TTL));
            boolean released =
                    await(ledger.releaseLease(prefix + "l", lease.lease().token()));
            assertThat(released).isTrue();
            eventually(() -> assertThat(changes(counters))
                    .containsExactly(new CounterChange(prefix + "w", before), new CounterChange(prefix + "w", after)));
            eventually(() -> assertThat(changes(leases))
                    .containsExactly(
                            new LeaseChange.LeaseSet(lease.lease()),
                            new LeaseChange.LeaseEnded(
                                    prefix + "l", lease.lease().token())));
        } finally {
            counterWatch.cancel();
            leaseWatch.cancel();
        }
    }

    private static <C> List<C> changes(List<WatchEvent<C>> events) {
        return events.stream()
                .<C>mapMulti((event, changes) -> {
                    if (event instanceof WatchEvent.Changed<C>(long index, C change)) {
                        changes.accept(change);
                    }
                })
                .toList();
    }

    @Test
    void nodeLeaseIsKeptClaimedUnderAndReleased() {
        // A busy machine may keep renewals waiting for some seconds.
        Duration timeToLive = Duration.ofSeconds(6);
        NodeLease lease = NodeLease.start(ledger, "test", timeToLive);
        long token = await(lease.token(Duration.ofSeconds(10)));
        assertThat(await(lease.claim(prefix + "r"))).isInstanceOf(ClaimAnswer.Claimed.class);
        long begun = System.nanoTime();
        // Past its time to live it is still the same lease: it was renewed.
        eventually(() -> assertThat(System.nanoTime() - begun).isGreaterThan(timeToLive.toNanos()));
        assertThat(lease.findToken()).contains(token);

        List<Long> lost = new CopyOnWriteArrayList<>();
        lease.onLoss(lost::add);
        assertThat(await(ledger.releaseLease(lease.name(), token))).isTrue();
        eventually(() -> {
            assertThat(lost).containsExactly(token);
            assertThat(lease.findToken()).isPresent();
        });
        assertThat(lease.findToken().orElseThrow()).isGreaterThan(token);

        lease.close();
        assertThat(lease.findToken()).isEmpty();
        assertThat(await(ledger.findLease(lease.name(), ReadConsistency.LINEARIZABLE)))
                .isEmpty();
    }

    @Test
    void nonsenseIsRefusedWithItsReason() {
        ManagedChannel channel = RoleWalk.channel(grpcPort);
        try {
            CountersGrpc.CountersBlockingStub counters = CountersGrpc.newBlockingStub(RoleWalk.as("server", channel));
            refused(
                    () -> counters.addToCounter(AddToCounterRequest.newBuilder()
                            .setRequestId("1-2-3-4-5")
                            .setName("n")
                            .build()),
                    Status.Code.INVALID_ARGUMENT,
                    "INVALID_FIELD");
            refused(
                    () -> counters.addToCounter(AddToCounterRequest.newBuilder()
                            .setRequestId(UUID.randomUUID().toString())
                            .setName("a\nb")
                            .build()),
                    Status.Code.INVALID_ARGUMENT,
                    "INVALID_FIELD");
        } finally {
            channel.shutdownNow();
        }
        assertThatThrownBy(() -> await(ledger.acquireLease(prefix, "me", Duration.ofHours(2))))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.code()).isEqualTo("INVALID_FIELD"));
        operator()
                .get("/api/v1/ledger/counters?consistency=maybe")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("INVALID_PARAMETER"));
        operator().get("/api/v1/ledger/intents?state=x").then().statusCode(400);
        operator()
                .get("/api/v1/ledger/intents?after=bm8")
                .then()
                .statusCode(400)
                .body("code", equalTo("INVALID_CURSOR"));
        operator()
                .body("{}")
                .post("/api/v1/ledger/members")
                .then()
                .statusCode(400)
                .body("code", equalTo("ID_REQUIRED"));
        operator()
                .delete("/api/v1/ledger/members/nobody")
                .then()
                .statusCode(404)
                .body("code", equalTo("MEMBER_UNKNOWN"));
    }

    private static void refused(ThrowingCallable call, Status.Code code, String reason) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(code);
            assertThat(GrpcStatuses.findReason(e)).contains(reason);
        });
    }

    @Test
    void memberSaysHowItIs() {
        long unused = await(ledger.addToCounter(prefix + "s", 1));
        operator()
                .get("/api/v1/ledger/status")
                .then()
                .statusCode(200)
                .body("id", equalTo("ledger-0"))
                .body("role", equalTo("leader"))
                .body("leader", equalTo("ledger-0"))
                .body("members", equalTo(List.of("ledger-0")))
                .body("applied_index", greaterThan(0))
                .body("counter_count", greaterThan(0));
        operator().get("/api/v1/ledger/members").then().statusCode(200).body("members", hasItem("ledger-0"));
        operator().post("/api/v1/ledger/snapshot").then().statusCode(200);
        given().get("/q/health/live").then().statusCode(200);
        eventually(() -> given().get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("checks.find { it.name == 'ledger' }.data.writable", equalTo(true)));
        operator()
                .accept(ContentType.TEXT)
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("nebula_ledger_leading 1.0"))
                .body(containsString("nebula_ledger_commit_index"))
                .body(containsString("nebula_ledger_fsyncs_total"));
    }
}
