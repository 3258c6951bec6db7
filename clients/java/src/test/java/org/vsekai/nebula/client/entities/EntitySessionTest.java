package org.vsekai.nebula.client.entities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsekai.nebula.client.entities.Frames.cell;
import static org.vsekai.nebula.client.entities.Frames.entity;
import static org.vsekai.nebula.client.entities.Frames.frame;
import static org.vsekai.nebula.client.entities.Frames.group;
import static org.vsekai.nebula.client.entities.Frames.id;
import static org.vsekai.nebula.client.entities.Frames.positions;
import static org.vsekai.nebula.client.entities.Frames.welcome;

import com.google.protobuf.ByteString;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsekai.nebula.api.entities.v1.AskDurability;
import org.vsekai.nebula.api.entities.v1.AuthorityNotice;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Created;
import org.vsekai.nebula.api.entities.v1.DurableAcknowledgement;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.Redirect;
import org.vsekai.nebula.api.entities.v1.Refused;
import org.vsekai.nebula.api.entities.v1.ServerFrame;

/** Sessions over real connections to a server that does what the test says. */
@Timeout(60)
class EntitySessionTest {
    private static final SessionSettings SETTINGS = SessionSettings.of("plaza")
            .withTimes(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    Duration.ofMillis(5),
                    Duration.ofMillis(50));

    private final ScriptedZoneServer server = new ScriptedZoneServer();
    private final EntityClient client =
            new EntityClient(ClientSettings.of(server.address(), InsecureChannelCredentials.create()));
    private final Events events = new Events();
    private final Queue<CompletionStage<ByteString>> tickets = new ArrayDeque<>();

    @AfterEach
    void close() {
        // Sessions leave at once where nobody is left who could end their streams in order.
        server.close();
        client.close();
    }

    /** What a listener heard, in words. */
    private static final class Events implements SessionListener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public void joined(EntitySession session, JoinedZone zone, boolean again) {
            heard.add((again ? "joined again " : "joined ") + zone.session() + " in epoch " + zone.epoch());
        }

        @Override
        public void refused(EntitySession session, Refusal refusal) {
            heard.add("refused " + refusal.reason() + " " + refusal.handle());
        }

        @Override
        public void authorityAsked(EntitySession session, int handle, int by) {
            heard.add("asked for " + handle + " by " + by);
        }

        @Override
        public void authorityGranted(EntitySession session, int handle) {
            heard.add("granted " + handle);
        }

        @Override
        public void authorityTaken(EntitySession session, int handle, int owner) {
            heard.add("taken " + handle + " by " + owner);
        }

        @Override
        public void interrupted(EntitySession session, EntityClientException cause) {
            heard.add("interrupted " + cause.code());
        }

        String next() throws InterruptedException {
            return Objects.requireNonNull(
                    heard.poll(ScriptedZoneServer.PATIENCE_SECONDS, TimeUnit.SECONDS), "nothing was heard");
        }
    }

    private CompletionStage<ByteString> ticket(String zone) {
        CompletionStage<ByteString> scripted = tickets.poll();
        return scripted == null
                ? CompletableFuture.completedFuture(ByteString.copyFromUtf8("ticket for " + zone))
                : scripted;
    }

    private EntitySession open() {
        return open(SETTINGS);
    }

    private EntitySession open(SessionSettings settings) {
        return client.open(settings, this::ticket, events);
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException, TimeoutException {
        try {
            return future.get(ScriptedZoneServer.PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private static long see(EntitySession session, ToLongFunction<ZoneView> reader) {
        return session.read(reader::applyAsLong)
                .orTimeout(ScriptedZoneServer.PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private static Throwable failure(CompletableFuture<?> future) {
        try {
            Object value = future.get(ScriptedZoneServer.PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("it did not fail but brought " + value);
        } catch (ExecutionException e) {
            return e.getCause() instanceof CompletionException ? e.getCause().getCause() : e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static void eventually(BooleanSupplier holds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ScriptedZoneServer.PATIENCE_SECONDS);
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it never came true");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void joinsWithItsTicketAndAreaAndSeesWhatIsTold() throws Exception {
        EntitySession session = open(SETTINGS.withArea(AreaOfInterest.around(-1, 2, 3000)));
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        assertThat(stream.join.getJoin().getZone()).isEqualTo("plaza");
        assertThat(stream.join.getJoin().getTicket()).isEqualTo(ByteString.copyFromUtf8("ticket for plaza"));
        assertThat(stream.join.getJoin().getResumeToken()).isEqualTo(ByteString.EMPTY);
        assertThat(stream.join.getJoin().getInterest())
                .isEqualTo(org.vsekai.nebula.api.entities.v1.AreaOfInterest.newBuilder()
                        .setX(-1)
                        .setZ(2)
                        .setRadius(3000)
                        .build());
        assertThat(get(session.joined()).session()).isEqualTo(9);
        assertThat(events.next()).isEqualTo("joined 9 in epoch 2");

        stream.send(frame(2).addOpened(3).addCells(cell(3).addEntered(entity(5, 1, 2, 3))));
        stream.send(frame(3).addCells(cell(3).addMoved(positions(group(5), 1, 1, 1))));
        eventually(() -> see(session, ZoneView::tick) == 3);
        assertThat(see(session, view -> view.y(view.slot(5)))).isEqualTo(3);
        assertThat(failure(session.read(view -> view.y(7_000_000)))).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(session.statistics().framesReceived()).isEqualTo(3);
        assertThat(session.statistics().joins()).isEqualTo(1);
    }

    @Test
    void aViewListenerHearsOfTheFirstFrameToo() throws Exception {
        BlockingQueue<Integer> entered = new LinkedBlockingQueue<>();
        EntitySession session = client.open(SETTINGS, this::ticket, events, new ViewListener() {
            @Override
            public void entered(ZoneView view, int slot) {
                entered.add(view.handle(slot));
            }
        });
        ScriptedZoneServer.Stream stream = server.accept();
        stream.send(frame(1).setWelcome(welcome(1, 1)).addOpened(3).addCells(cell(3).addEntered(entity(5, 1, 2, 3))));
        assertThat(entered.poll(ScriptedZoneServer.PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(5);
        get(session.joined());
    }

    @Test
    void whatItSendsArrivesAndIsAnswered() throws Exception {
        EntitySession session = open();
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        assertThat(events.next()).startsWith("joined");
        CompletableFuture<CreatedEntity> first = session.create(NewEntity.at(1, 2, 3));
        CompletableFuture<CreatedEntity> second =
                session.create(NewEntity.at(4, 5, 6).withId(id(7)));
        session.flush();
        ClientFrame creations = stream.next();
        assertThat(creations.getCreateCount()).isEqualTo(2);
        stream.send(frame(2).addRefused(Refused.newBuilder()
                        .setRequest(creations.getCreate(1).getRequest())
                        .setReason(Refused.Reason.REASON_ID_TAKEN))
                .addCreated(Created.newBuilder()
                        .setRequest(creations.getCreate(0).getRequest())
                        .setHandle(31)
                        .setId(Frames.bytes(id(31)))));
        assertThat(get(first)).isEqualTo(new CreatedEntity(31, id(31)));
        assertThat(failure(second)).isInstanceOfSatisfying(RequestRefusedException.class, e -> assertThat(e.code())
                .isEqualTo("ID_TAKEN"));

        session.move(31, 10, 20, 30);
        CompletableFuture<Durability> safe = session.askDurability(Durability.REPLICATED);
        session.flush();
        ClientFrame moved = stream.next();
        assertThat(moved.getMovements(0))
                .isEqualTo(positions(group(31), 10, 20, 30).build());
        stream.send(frame(3).addAuthority(notice(AuthorityNotice.Kind.KIND_ASKED, 31, 4))
                .addAuthority(notice(AuthorityNotice.Kind.KIND_GRANTED, 32, 9))
                .addAuthority(notice(AuthorityNotice.Kind.KIND_TAKEN, 31, 4))
                .addRefused(Refused.newBuilder()
                        .setReason(Refused.Reason.REASON_NOT_OWNER)
                        .setHandle(31))
                .setDurable(DurableAcknowledgement.newBuilder()
                        .setRequest(moved.getAskDurability().getRequest())
                        .setLevel(AskDurability.Level.LEVEL_DATABASE)));
        assertThat(get(safe)).isEqualTo(Durability.DATABASE);
        assertThat(List.of(events.next(), events.next(), events.next(), events.next()))
                .containsExactlyInAnyOrder("asked for 31 by 4", "granted 32", "taken 31 by 4", "refused NOT_OWNER 31");
    }

    private static AuthorityNotice notice(AuthorityNotice.Kind kind, int handle, int session) {
        return AuthorityNotice.newBuilder()
                .setKind(kind)
                .setHandle(handle)
                .setSession(session)
                .build();
    }

    @Test
    void framesAreAcknowledged() throws Exception {
        EntitySession session = open();
        ScriptedZoneServer.Stream stream = server.accept();
        assertThat(stream.next().hasJoin()).isTrue();
        stream.send(frame(77).setWelcome(welcome(1, 1)));
        eventually(() -> stream.received() > 0);
        assertThat(Objects.requireNonNull(stream.frames().peek()))
                .isEqualTo(ClientFrame.newBuilder().setAcknowledge(77).build());
        get(session.joined());
    }

    @ParameterizedTest
    @CsvSource({
        "UNAUTHENTICATED, TICKET_REFUSED, TicketRefusedException",
        "NOT_FOUND, ZONE_NOT_FOUND, ZoneNotFoundException",
        "RESOURCE_EXHAUSTED, ZONE_FULL, ZoneFullException",
        "INVALID_ARGUMENT, INVALID_FRAME, InvalidFrameException",
        "RESOURCE_EXHAUSTED, TOO_FAST, TooFastException",
        "PERMISSION_DENIED, SOMETHING_NEW, SessionRefusedException",
    })
    void aRefusalIsAnExceptionOfItsOwn(Status.Code status, String code, String type) throws Exception {
        EntitySession session = open();
        CompletableFuture<CreatedEntity> staged = session.create(NewEntity.at(1, 2, 3));
        ScriptedZoneServer.Stream stream = server.accept();
        stream.fail(status, code);
        assertThat(failure(session.joined())).isInstanceOfSatisfying(EntityClientException.class, e -> {
            assertThat(e.getClass().getSimpleName()).isEqualTo(type);
            assertThat(e.code()).isEqualTo(code);
            assertThat(failure(session.ended())).isSameAs(e);
            assertThat(failure(staged)).isSameAs(e);
            assertThat(failure(session.create(NewEntity.at(1, 2, 3)))).isSameAs(e);
        });
        assertThat(server.waiting()).isZero();
        assertThat(events.heard).isEmpty();
    }

    @Test
    void aStatusWithoutAReasonIsTakenByItsCode() throws Exception {
        EntitySession refused = open();
        server.accept().fail(Status.Code.UNIMPLEMENTED);
        assertThat(failure(refused.ended())).isInstanceOfSatisfying(SessionRefusedException.class, e -> {
            assertThat(e.code()).isEqualTo("UNIMPLEMENTED");
            assertThat(e.status()).isEqualTo(Status.Code.UNIMPLEMENTED);
        });
        EntitySession retried = open();
        server.accept().fail(Status.Code.UNAVAILABLE);
        server.welcome(1, 1);
        get(retried.joined());
    }

    @Test
    void aSessionThatTheServerEndsInOrderIsOver() throws Exception {
        EntitySession session = open();
        server.welcome(1, 1).end();
        assertThat(failure(session.ended())).isInstanceOf(SessionEndedException.class);
        assertThat(get(session.joined()).session()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "RESOURCE_EXHAUSTED, TOO_SLOW, TOO_SLOW",
        "UNAVAILABLE, ZONE_MOVED, ZONE_MOVED",
        "UNAVAILABLE, LEDGER_UNAVAILABLE, STREAM_LOST",
        "INTERNAL, '', STREAM_LOST",
    })
    void afterALossItJoinsAgainWithItsResumeToken(Status.Code status, String reason, String code) throws Exception {
        EntitySession session = open(SETTINGS.withArea(AreaOfInterest.around(1, 2, 3)));
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        stream.send(frame(2).addOpened(3).addCells(cell(3).addEntered(entity(5, 1, 2, 3))));
        eventually(() -> see(session, ZoneView::size) == 1);
        session.setInterest(AreaOfInterest.around(4, 5, 6));
        stream.fail(status, reason);

        ScriptedZoneServer.Stream next = server.welcome(9, 3);
        assertThat(next.join.getJoin().getResumeToken()).isEqualTo(Frames.token(9, 2));
        assertThat(next.join.getJoin().getInterest().getRadius()).isEqualTo(6);
        assertThat(events.next()).isEqualTo("joined 9 in epoch 2");
        assertThat(events.next()).isEqualTo("interrupted " + code);
        assertThat(events.next()).isEqualTo("joined again 9 in epoch 3");
        assertThat(see(session, ZoneView::size)).isZero();
        assertThat(see(session, ZoneView::openCells)).isZero();
        assertThat(session.statistics().joins()).isEqualTo(2);
        assertThat(session.ended()).isNotDone();
    }

    @Test
    void aLostConnectionInterruptsTheSession() throws Exception {
        EntitySession session = open();
        server.welcome(9, 2);
        get(session.joined());
        server.close();
        assertThat(events.next()).startsWith("joined");
        assertThat(events.next()).isEqualTo("interrupted STREAM_LOST");
    }

    @Test
    void aRedirectLeadsToTheOtherServer() throws Exception {
        try (ScriptedZoneServer other = new ScriptedZoneServer()) {
            EntitySession session = open();
            ScriptedZoneServer.Stream stream = server.welcome(9, 2);
            get(session.joined());
            stream.redirect(other.address());
            ScriptedZoneServer.Stream next = other.welcome(4, 3);
            assertThat(next.join.getJoin().getResumeToken()).isEqualTo(Frames.token(9, 2));
            get(stream.cancelled);
            assertThat(events.next()).isEqualTo("joined 9 in epoch 2");
            assertThat(events.next()).isEqualTo("interrupted ZONE_MOVED");
            assertThat(events.next()).isEqualTo("joined again 4 in epoch 3");

            // Lost there, it tries there again, and where nobody lets it in it asks the first address.
            next.fail(Status.Code.UNAVAILABLE, "ZONE_MOVED");
            other.accept().fail(Status.Code.UNAVAILABLE, "ZONE_MOVED");
            assertThat(server.welcome(9, 4).join.getJoin().getResumeToken()).isEqualTo(Frames.token(4, 3));
        }
    }

    @Test
    void aRedirectMayComeInsteadOfAWelcome() throws Exception {
        try (ScriptedZoneServer other = new ScriptedZoneServer()) {
            EntitySession session = open();
            server.accept().redirect(other.address());
            other.welcome(9, 2);
            get(session.joined());
            assertThat(events.next()).isEqualTo("joined 9 in epoch 2");
        }
    }

    @Test
    void whoeverFindsNobodyAsksTheNextAddress() throws Exception {
        ScriptedZoneServer first = new ScriptedZoneServer();
        ClientSettings settings = ClientSettings.of(first.address(), InsecureChannelCredentials.create())
                .withAddresses(List.of(first.address(), server.address()));
        try (first;
                EntityClient several = new EntityClient(settings)) {
            EntitySession session =
                    several.open(SETTINGS, zone -> CompletableFuture.completedFuture(ByteString.EMPTY), events);
            first.welcome(9, 2);
            get(session.joined());
            first.close();
            assertThat(server.welcome(4, 3).join.getJoin().getResumeToken()).isEqualTo(Frames.token(9, 2));
            assertThat(events.next()).isEqualTo("joined 9 in epoch 2");
            assertThat(events.next()).isEqualTo("interrupted STREAM_LOST");
            assertThat(events.next()).isEqualTo("joined again 4 in epoch 3");
            server.close();
        }
    }

    @Test
    void whatIsNoAddressIsMalformed() throws Exception {
        EntitySession session = open();
        server.welcome(9, 2)
                .send(ServerFrame.newBuilder().setRedirect(Redirect.newBuilder().setAddress("no address")));
        server.welcome(9, 2);
        assertThat(events.next()).startsWith("joined");
        assertThat(events.next()).isEqualTo("interrupted MALFORMED_FRAME");
        assertThat(events.next()).startsWith("joined again");
        assertThat(session.ended()).isNotDone();
    }

    @Test
    void malformedFramesInterruptTheSession() throws Exception {
        EntitySession session = open();
        server.accept().send(frame(1));
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        stream.send(frame(2).addOpened(3).addCells(cell(3).addMoved(positions(group(5), 1, 2))));
        stream = server.welcome(9, 2);
        stream.send(frame(2).setWelcome(welcome(9, 2)));
        stream = server.welcome(9, 2);
        stream.send(frame(2).addCreated(Created.newBuilder().setRequest(1)));
        server.welcome(9, 2);
        for (int i = 0; i < 3; i++) {
            assertThat(events.next()).startsWith("joined");
            assertThat(events.next()).isEqualTo("interrupted MALFORMED_FRAME");
        }
        assertThat(events.next()).startsWith("joined again");
        assertThat(session.ended()).isNotDone();
    }

    @Test
    void aStreamThatGoesSilentIsLost() throws Exception {
        open(SETTINGS.withTimes(
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofMillis(200),
                Duration.ofMillis(5),
                Duration.ofMillis(50)));
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        get(stream.cancelled);
        assertThat(server.welcome(9, 2).join.getJoin().getResumeToken()).isEqualTo(Frames.token(9, 2));
        assertThat(events.next()).startsWith("joined");
        assertThat(events.next()).isEqualTo("interrupted STREAM_LOST");
    }

    @Test
    void aCreationThatWasSentIsOpenAfterALossAndOneThatWasNotIsSentThen() throws Exception {
        EntitySession session = open();
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        get(session.joined());
        CompletableFuture<CreatedEntity> sent = session.create(NewEntity.at(1, 1, 1));
        CompletableFuture<Durability> asked = session.askDurability(Durability.DATABASE);
        session.flush();
        assertThat(stream.next().getCreateCount()).isEqualTo(1);
        CompletableFuture<CreatedEntity> staged = session.create(NewEntity.at(2, 2, 2));
        stream.fail(Status.Code.UNAVAILABLE);
        assertThat(failure(sent)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(failure(asked)).isInstanceOf(OutcomeUnknownException.class);

        ScriptedZoneServer.Stream next = server.welcome(9, 2);
        ClientFrame frame = next.next();
        assertThat(frame.getCreate(0).getX()).isEqualTo(2);
        next.send(frame(2).addCreated(Created.newBuilder()
                .setRequest(frame.getCreate(0).getRequest())
                .setHandle(31)
                .setId(Frames.bytes(id(31)))));
        assertThat(get(staged).handle()).isEqualTo(31);
    }

    @Test
    void whileTheServerReadsNothingMovementsCoalesceAndTheLastArrives() throws Exception {
        EntitySession session = open();
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        get(session.joined());
        stream.holdBack();
        int rounds = 2000;
        for (int round = 1; round <= rounds; round++) {
            for (int handle = 1; handle <= 1000; handle++) {
                session.move(handle, round, handle, -round);
            }
            session.flush();
        }
        assertThat(session.statistics().framesSent()).isLessThan(200);
        stream.goOn();
        int[] last = new int[1001];
        int frames = 0;
        while (last[1000] < rounds) {
            ClientFrame frame = stream.next();
            frames++;
            for (Movements group : frame.getMovementsList()) {
                int handle = 0;
                for (int i = 0; i < group.getHandlesCount(); i++) {
                    handle += group.getHandles(i);
                    assertThat(group.getPositions(3 * i + 1)).isEqualTo(handle);
                    last[handle] = group.getPositions(3 * i);
                }
            }
        }
        for (int handle = 1; handle <= 1000; handle++) {
            assertThat(last[handle]).isEqualTo(rounds);
        }
        assertThat(frames).isLessThan(200);
    }

    @Test
    void aSlowListenerHoldsTheServerBack() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        EntitySession session = client.open(SETTINGS, this::ticket, new SessionListener() {
            @Override
            public void received(EntitySession of, ZoneView view) {
                if (view.tick() == 2) {
                    try {
                        assertThat(goOn.await(ScriptedZoneServer.PATIENCE_SECONDS, TimeUnit.SECONDS))
                                .isTrue();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        });
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        get(session.joined());
        long tick = 1;
        while (stream.isReady() && tick < 10_000) {
            tick++;
            stream.send(frame(tick).addAllClosed(Collections.nCopies(50_000, 7)));
        }
        assertThat(tick).isLessThan(10_000);
        goOn.countDown();
        long last = tick;
        eventually(() -> see(session, ZoneView::tick) == last);
        eventually(stream::isReady);
    }

    @Test
    void aTicketThatCannotBeHadIsAskedForAgain() throws Exception {
        tickets.add(CompletableFuture.failedFuture(new IllegalStateException("the issuer sleeps")));
        tickets.add(new CompletableFuture<>());
        EntitySession session = open(SETTINGS.withTimes(
                Duration.ofSeconds(30),
                Duration.ofMillis(300),
                Duration.ofSeconds(20),
                Duration.ofMillis(5),
                Duration.ofMillis(50)));
        server.welcome(9, 2);
        get(session.joined());
        assertThat(tickets).isEmpty();
    }

    @Test
    void whenPatienceEndsTheLastFailureIsTheCause() {
        SessionSettings impatient = SETTINGS.withTimes(
                Duration.ofMillis(400),
                Duration.ofMillis(200),
                Duration.ofSeconds(20),
                Duration.ofMillis(5),
                Duration.ofMillis(50));
        EntitySession silent = open(impatient);
        assertThat(failure(silent.ended())).isInstanceOfSatisfying(ZoneUnavailableException.class, e -> {
            assertThat(e).hasCauseInstanceOf(StreamLostException.class);
            assertThat(failure(silent.joined())).isSameAs(e);
        });
        EntitySession ticketless = client.open(
                impatient,
                zone -> {
                    throw new IllegalStateException("no ticket for " + zone);
                },
                events);
        assertThat(failure(ticketless.ended()))
                .isInstanceOf(ZoneUnavailableException.class)
                .hasCauseInstanceOf(TicketUnavailableException.class);
    }

    @Test
    void aZoneThatIsFullIsTriedAgainOnlyByWhoWasInIt() throws Exception {
        EntitySession session = open();
        server.welcome(9, 2).fail(Status.Code.UNAVAILABLE);
        server.accept().fail(Status.Code.RESOURCE_EXHAUSTED, "ZONE_FULL");
        server.welcome(9, 2);
        eventually(() -> session.statistics().joins() == 2);
        assertThat(session.ended()).isNotDone();
    }

    @Test
    void anAreaFollowsItsEntityIntoAnotherEpoch() throws Exception {
        EntitySession session = open();
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        get(session.joined());
        assertThat(events.next()).startsWith("joined");
        stream.send(frame(2).addOpened(3).addCells(cell(3).addEntered(entity(5, 100, 0, 300))));
        eventually(() -> see(session, ZoneView::size) == 1);
        session.setInterest(AreaOfInterest.following(5, 7000));
        session.flush();
        assertThat(stream.next().getInterest().getFollow()).isEqualTo(5);
        stream.fail(Status.Code.UNAVAILABLE);

        // The same epoch: where it was, and then after it again.
        stream = server.welcome(9, 2);
        assertThat(stream.join.getJoin().getInterest())
                .isEqualTo(org.vsekai.nebula.api.entities.v1.AreaOfInterest.newBuilder()
                        .setX(100)
                        .setZ(300)
                        .setRadius(7000)
                        .build());
        assertThat(stream.next().getInterest().getFollow()).isEqualTo(5);
        stream.send(frame(2).addOpened(3).addCells(cell(3).addEntered(entity(5, 101, 0, 301))));
        eventually(() -> see(session, ZoneView::size) == 1);
        stream.fail(Status.Code.UNAVAILABLE);

        // Another epoch: only once it is seen, by its id.
        stream = server.welcome(9, 3);
        assertThat(stream.join.getJoin().getInterest().getX()).isEqualTo(101);
        stream.send(frame(2).addOpened(3).addCells(cell(3).addEntered(entity(5, id(99), 0, 0, 0))));
        stream.send(frame(3).addCells(cell(3).addEntered(entity(6, id(5), 101, 0, 301))));
        ClientFrame frame = stream.next();
        assertThat(frame.getInterest().getFollow()).isEqualTo(6);
        assertThat(frame.getInterest().getRadius()).isEqualTo(7000);
    }

    @Test
    void closingLeavesInOrder() throws Exception {
        EntitySession session = open();
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        get(session.joined());
        CompletableFuture<CreatedEntity> open = session.create(NewEntity.at(1, 1, 1));
        session.close();
        get(stream.halfClosed);
        assertThat(failure(open)).isInstanceOf(SessionClosedException.class);
        stream.send(frame(7));
        stream.end();
        assertThat(get(session.ended())).isNull();
        session.close();
        session.move(1, 1, 1, 1);
        session.flush();
        assertThat(stream.cancelled).isNotDone();
    }

    @Test
    void aServerThatDoesNotEndTheStreamIsLeftAlone() throws Exception {
        EntitySession session = open();
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        get(session.joined());
        session.close();
        get(session.ended());
        get(stream.cancelled);
    }

    @Test
    void aSessionMayBeClosedBeforeItIsJoined() throws Exception {
        EntitySession session = open();
        ScriptedZoneServer.Stream stream = server.accept();
        session.close();
        assertThat(get(session.ended())).isNull();
        assertThat(failure(session.joined())).isInstanceOf(SessionClosedException.class);
        get(stream.cancelled);
    }

    @Test
    void whatAListenerThrowsEndsTheSession() throws Exception {
        IllegalStateException thrown = new IllegalStateException("a fault of the caller");
        EntitySession session = client.open(SETTINGS, this::ticket, new SessionListener() {
            @Override
            public void received(EntitySession of, ZoneView view) {
                throw thrown;
            }
        });
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        assertThat(failure(session.ended())).isSameAs(thrown);
        get(stream.cancelled);
    }

    @Test
    void listenersAreCalledOnTheSessionsThreadAndMayUseTheSession() throws Exception {
        Map<String, Boolean> onThread = new HashMap<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        EntitySession session = client.open(SETTINGS, this::ticket, new SessionListener() {
            @Override
            public void joined(EntitySession of, JoinedZone zone, boolean again) {
                zone.owned().forEach(handle -> of.move(handle, 1, 2, 3));
                of.flush();
                var unused = of.read(view -> onThread.put(
                                "read", Thread.currentThread().getName().startsWith("nebula-entities")))
                        .whenComplete((read, failure) -> done.complete(null));
                onThread.put("joined", Thread.currentThread().getName().startsWith("nebula-entities"));
            }
        });
        ScriptedZoneServer.Stream stream = server.accept();
        assertThat(stream.next().hasJoin()).isTrue();
        stream.send(frame(1).setWelcome(welcome(9, 2).addOwned(12).addOwned(4)));
        assertThat(stream.next().getMovements(0).getHandlesList()).containsExactly(4, 8);
        get(done);
        assertThat(onThread).containsEntry("read", true).containsEntry("joined", true);
        get(session.joined());
    }

    @Test
    void sessionsShareConnectionsAsTheSettingsSay() throws Exception {
        try (EntityClient sharing =
                new EntityClient(ClientSettings.of(server.address(), InsecureChannelCredentials.create())
                        .withSessionsPerChannel(2))) {
            assertThat(connections(sharing, 4)).hasSize(2);
        }
        assertThat(connections(client, 3)).hasSize(3);
    }

    private Set<Object> connections(EntityClient of, int sessions) throws Exception {
        Set<Object> addresses = new HashSet<>();
        List<EntitySession> open = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            open.add(of.open(SETTINGS, this::ticket, events));
            addresses.add(server.welcome(i, 1).client());
        }
        for (EntitySession session : open) {
            get(session.joined());
        }
        return addresses;
    }

    @Test
    void aClosedClientOpensNothing() throws Exception {
        EntitySession session = open();
        ScriptedZoneServer.Stream stream = server.welcome(9, 2);
        get(session.joined());
        CompletableFuture<Void> ended = stream.halfClosed.thenRun(stream::end);
        client.close();
        get(ended);
        assertThat(get(session.ended())).isNull();
        assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class);
        session.close();
    }
}
