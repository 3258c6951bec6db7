package org.vsekai.nebula.sync.memory;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.AskDurability;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Component;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.ServerFrame;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.api.entities.v1.Welcome;
import org.vsekai.nebula.kit.cache.CacheUnavailableException;
import org.vsekai.nebula.kit.cache.SharedCaches;
import org.vsekai.nebula.kit.cache.StateCache;
import org.vsekai.nebula.kit.testing.NebulaCache;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.sync.testing.OneWorld;
import org.vsekai.nebula.sync.testing.SingleMember;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.sync.zone.LoadedRound;
import org.vsekai.nebula.sync.zone.RawSession;
import org.vsekai.nebula.sync.zone.RunningZone;
import org.vsekai.nebula.zones.EntityInfo;

@QuarkusTest
@QuarkusTestResource(SingleMember.class)
@QuarkusTestResource(OneWorld.class)
@QuarkusTestResource(NebulaCache.class)
class ZoneMemoryIT {
    private static final ZoneName ZONE = new ZoneName("city", 0, 0);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    @Inject
    SharedCaches caches;

    @Inject
    SeenZones zones;

    @Inject
    MeterRegistry metrics;

    private StateCache cache;
    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        NebulaCache.node().restart(0);
        cache = caches.openState(MemoryTier.CACHE, Duration.ofHours(24), Duration.ofSeconds(1));
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .build();
        eventually(() -> assertThat(zones.find(ZONE)).isPresent());
        awaitRounds(zone());
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    private RunningZone zone() {
        return zones.find(ZONE).orElseThrow();
    }

    private Optional<RoundHeader> header() {
        return cache.find(PageKeys.header(ZONE))
                .map(found -> found.flatMap(there -> RoundHeader.decode(there.bytes())))
                .onFailure(CacheUnavailableException.class)
                .recoverWithItem(Optional.empty())
                .await()
                .atMost(PATIENCE);
    }

    /** Until a round has begun and ended since this was called. */
    private void awaitRounds(RunningZone zone) {
        double before = metric("rounds");
        eventually(() -> assertThat(metric("rounds")).isGreaterThan(before + 2));
        assertThat(header().map(RoundHeader::epoch)).contains(zone.epoch());
    }

    private double metric(String name) {
        FunctionCounter counter = metrics.find("nebula.zone.memory." + name)
                .tag("zone", ZONE.toString())
                .functionCounter();
        return counter == null ? 0 : counter.count();
    }

    /** Has the zone end as if its node had died, and waits for its next owner. */
    private RunningZone lose(RunningZone zone, Runnable meanwhile) {
        zone.giveUp();
        assertThat(zone.ended()).succeedsWithin(30, TimeUnit.SECONDS);
        meanwhile.run();
        return awaitAfter(zone);
    }

    private RunningZone awaitAfter(RunningZone zone) {
        eventually(() ->
                assertThat(zones.find(ZONE).map(RunningZone::epoch).orElse(0L)).isGreaterThan(zone.epoch()));
        return zone();
    }

    private RawSession join(ByteString resume) {
        ByteString ticket = RawSession.ticket(channel, ZONE.toString(), SessionRole.SESSION_ROLE_SERVER);
        return RawSession.join(channel, ZONE.toString(), ticket, 30_000, resume);
    }

    /** An entity that a round has. */
    private static int create(RawSession session, int x) {
        session.send(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder()
                        .setRequest(1)
                        .setX(x)
                        .setZ(50_000)
                        .addComponents(Component.newBuilder().setNumber(3).setValue(ByteString.copyFromUtf8("full"))))
                .setAskDurability(
                        AskDurability.newBuilder().setRequest(2).setLevel(AskDurability.Level.LEVEL_REPLICATED)));
        int handle = session.await(frame -> frame.getCreatedCount() > 0)
                .getCreated(0)
                .getHandle();
        ServerFrame durable = session.await(ServerFrame::hasDurable);
        assertThat(durable.getDurable().getLevel()).isEqualTo(AskDurability.Level.LEVEL_REPLICATED);
        return handle;
    }

    private static void leave(RawSession session, int handle) {
        session.send(ClientFrame.newBuilder().addDelete(handle));
        session.leave();
        assertThat(session.end).succeedsWithin(30, TimeUnit.SECONDS);
    }

    @Test
    void sessionsComeBackToTheNextOwnerAndOwnWhatTheyOwned() {
        RawSession session = join(ByteString.EMPTY);
        Welcome welcome = session.await(ServerFrame::hasWelcome).getWelcome();
        int handle = create(session, 50_000);
        assertThat(metric("pages")).isPositive();
        assertThat(metric("bytes")).isGreaterThan(metric("pages"));
        assertThat(metric("round.seconds")).isPositive();
        assertThat(metrics.get("nebula.zone.memory.age.seconds")
                        .tag("zone", ZONE.toString())
                        .gauge()
                        .value())
                .isBetween(0.0, 10.0);

        RunningZone before = zone();
        RunningZone after = lose(before, () -> {
            // A round that was not completed: its pages are there, and its header is not.
            RoundHeader header = header().orElseThrow();
            for (int i = 0; i < header.pages(); i++) {
                RoundHeader.Page page = header.page(i);
                cache.put(PageKeys.page(ZONE, header.epoch(), page.number(), page.version() ^ 1), new byte[] {1, 2, 3})
                        .await()
                        .atMost(PATIENCE);
            }
        });
        LoadedRound loaded = zones.loaded(ZONE);
        assertThat(loaded.epoch()).isEqualTo(before.epoch());
        assertThat(loaded.tick()).isPositive();

        RawSession again = join(welcome.getResumeToken());
        Welcome second = again.await(ServerFrame::hasWelcome).getWelcome();
        assertThat(second.getEpoch()).isEqualTo(after.epoch());
        assertThat(second.getSession()).isEqualTo(welcome.getSession());
        assertThat(second.getOwnedList()).containsExactly(handle);
        var unused = again.await(frame -> frame.getCellsList().stream()
                .flatMap(cell -> cell.getEnteredList().stream())
                .anyMatch(state -> state.getHandle() == handle
                        && state.getX() == 50_000
                        && state.getComponents(0).getValue().toStringUtf8().equals("full")));

        awaitRounds(after);
        for (int version = 0; version < 2; version++) {
            String page = PageKeys.page(ZONE, before.epoch(), 0, version);
            eventually(() -> assertThat(cache.find(page).await().atMost(PATIENCE))
                    .as("the epoch before is removed")
                    .isEmpty());
        }
        leave(again, handle);
    }

    @Test
    void anOwnerThatWakesUpLateChangesNothingAndGivesUp() {
        RunningZone zone = zone();
        long next = zone.epoch() + 1;
        // As the next owner begins.
        eventually(() -> {
            StateCache.Found found =
                    cache.find(PageKeys.header(ZONE)).await().atMost(PATIENCE).orElseThrow();
            byte[] owned = RoundHeader.decode(found.bytes())
                    .orElseThrow()
                    .ownedBy(next)
                    .encode();
            assertThat(cache.replaceIf(PageKeys.header(ZONE), owned, found.version())
                            .await()
                            .atMost(PATIENCE))
                    .isTrue();
        });
        RoundHeader taken = header().orElseThrow();
        assertThat(zone.ended()).succeedsWithin(30, TimeUnit.SECONDS);
        RoundHeader then = header().orElseThrow();
        assertThat(then.owner()).isEqualTo(next);
        assertThat(then.tick()).isEqualTo(taken.tick());
        RunningZone unused = awaitAfter(zone);
    }

    @Test
    void aDamagedPageIsLeftOutAndCounted() throws Exception {
        RawSession session = join(ByteString.EMPTY);
        int unused = create(session, 10_000);
        RunningZone after = lose(zone(), () -> {
            RoundHeader header = header().orElseThrow();
            RoundHeader.Page page = header.page(0);
            String key = PageKeys.page(ZONE, header.epoch(), page.number(), page.version());
            byte[] bytes = cache.find(key)
                    .await()
                    .atMost(PATIENCE)
                    .orElseThrow()
                    .bytes()
                    .clone();
            bytes[bytes.length / 2] ^= 1;
            cache.put(key, bytes).await().atMost(PATIENCE);
        });
        assertThat(zones.loaded(ZONE)).isEqualTo(LoadedRound.NONE);
        assertThat(metrics.get("nebula.zone.memory.damaged")
                        .tag("zone", ZONE.toString())
                        .counter()
                        .count())
                .isPositive();
        List<Integer> places = after.ask(in ->
                        in.entitiesAfter(0, 10).stream().map(EntityInfo::x).toList())
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        assertThat(places).doesNotContain(10_000);
        awaitRounds(after);
    }

    @Test
    void aZoneGoesOnWithoutTheClusterAndWritesAllOfItAnewWhenThatIsBackEmpty() {
        RawSession session = join(ByteString.EMPTY);
        Welcome welcome = session.await(ServerFrame::hasWelcome).getWelcome();
        int handle = create(session, 20_000);
        double failures = metric("failures");
        NebulaCache.node().kill(0);
        eventually(() -> assertThat(metric("failures")).isGreaterThan(failures + 1));
        assertThat(zone().epoch()).isEqualTo(welcome.getEpoch());

        NebulaCache.node().restart(0);
        awaitRounds(zone());
        RunningZone unused = lose(zone(), () -> {});
        RawSession again = join(welcome.getResumeToken());
        assertThat(again.await(ServerFrame::hasWelcome).getWelcome().getOwnedList())
                .containsExactly(handle);
        leave(again, handle);
    }

    @Test
    void aZoneThatIsReleasedLosesNothing() {
        RawSession session = join(ByteString.EMPTY);
        Welcome welcome = session.await(ServerFrame::hasWelcome).getWelcome();
        session.send(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder().setRequest(1).setX(30_000).setZ(50_000)));
        int handle = session.await(frame -> frame.getCreatedCount() > 0)
                .getCreated(0)
                .getHandle();
        RunningZone before = zone();
        given().header("Authorization", TestTokens.bearer(TestTokens.OPERATOR))
                .post("/api/v1/zones/" + ZONE + "/release")
                .then()
                .statusCode(204);
        assertThat(session.end).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo("ZONE_MOVED");
        RunningZone unused = awaitAfter(before);
        assertThat(zones.loaded(ZONE).epoch()).isEqualTo(before.epoch());
        RawSession again = join(welcome.getResumeToken());
        assertThat(again.await(ServerFrame::hasWelcome).getWelcome().getOwnedList())
                .containsExactly(handle);
        leave(again, handle);
    }

    @Test
    void aZoneWhoseStateCannotBeAskedForWaitsAndThenBeginsWithout() {
        RunningZone before = zone();
        NebulaCache.node().kill(0);
        long begunNanos = System.nanoTime();
        RunningZone after = lose(before, () -> {});
        assertThat(System.nanoTime() - begunNanos)
                .as("nebula.zones.memory.patience")
                .isGreaterThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(after.epoch()).as("others had their chance").isGreaterThan(before.epoch() + 1);
        assertThat(zones.loaded(ZONE)).isEqualTo(LoadedRound.NONE);

        NebulaCache.node().restart(0);
        awaitRounds(after);
    }
}
