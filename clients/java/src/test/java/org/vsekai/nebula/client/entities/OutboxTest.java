package org.vsekai.nebula.client.entities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.AskDurability;
import org.vsekai.nebula.api.entities.v1.AuthorityChange;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.Movements;

class OutboxTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);
    private boolean onSessionThread;
    private final Outbox outbox = outbox(SessionSettings.of("plaza"));
    private final RecordingCall call = new RecordingCall();

    private Outbox outbox(SessionSettings settings) {
        return new Outbox(settings, nanos::get, () -> onSessionThread);
    }

    @BeforeEach
    void join() {
        outbox.attach(call);
        outbox.announce();
    }

    @Test
    void nothingGoesWithoutAFlush() {
        outbox.move(5, 1, 2, 3);
        outbox.ready();
        assertThat(call.frames).isEmpty();
        outbox.flush();
        outbox.flush();
        assertThat(call.only().getMovementsCount()).isEqualTo(1);
        assertThat(call.frames).isEmpty();
    }

    @Test
    void movementsAreGroupedByWhatChangedWithHandlesAsDifferences() {
        outbox.move(900, 1, -2, 3);
        outbox.move(5, 4, 5, 6);
        outbox.turn(70, 77);
        outbox.move(-2, 7, 8, 9);
        outbox.accelerate(6, 1, 2, 3);
        outbox.turn(6, 66);
        outbox.move(5, -40, 50, Integer.MIN_VALUE);
        outbox.flush();

        assertThat(call.only())
                .isEqualTo(ClientFrame.newBuilder()
                        .addMovements(Frames.positions(
                                Frames.group(5, 900, -2), -40, 50, Integer.MIN_VALUE, 1, -2, 3, 7, 8, 9))
                        .addMovements(Frames.group(70).addRotations(77))
                        .addMovements(Frames.group(6)
                                .addRotations(66)
                                .addVelocities(1)
                                .addVelocities(2)
                                .addVelocities(3))
                        .build());
    }

    @Test
    void everythingElseGoesAsTheContractHasIt() {
        UUID id = new UUID(1, 2);
        CompletableFuture<CreatedEntity> created = outbox.create(NewEntity.at(1, -2, 3)
                .withId(id)
                .withRotation(9)
                .withComponent(7, ByteString.copyFromUtf8("sit"))
                .withComponent(1, ByteString.EMPTY)
                .withPersistent(true));
        outbox.component(5, 1, ByteString.copyFromUtf8("a"));
        outbox.component(5, 7, ByteString.copyFromUtf8("b"));
        outbox.component(5, 1, ByteString.copyFromUtf8("c"));
        outbox.requestAuthority(6);
        outbox.releaseAuthority(7, 8);
        outbox.interest(new AreaOfInterest(-1, 2, 3, 4));
        outbox.flush();

        ClientFrame frame = call.only();
        assertThat(frame)
                .isEqualTo(ClientFrame.newBuilder()
                        .addCreate(CreateEntity.newBuilder()
                                .setRequest(1)
                                .setId(Frames.bytes(id))
                                .setX(1)
                                .setY(-2)
                                .setZ(3)
                                .setRotation(9)
                                .addComponents(org.vsekai.nebula.api.entities.v1.Component.newBuilder()
                                        .setNumber(1))
                                .addComponents(Frames.component(7, "sit"))
                                .setPersistent(true))
                        .addComponents(Frames.componentUpdate(5, 1, "c"))
                        .addComponents(Frames.componentUpdate(5, 7, "b"))
                        .addAuthority(AuthorityChange.newBuilder()
                                .setKind(AuthorityChange.Kind.KIND_REQUEST)
                                .setHandle(6))
                        .addAuthority(AuthorityChange.newBuilder()
                                .setKind(AuthorityChange.Kind.KIND_RELEASE)
                                .setHandle(7)
                                .setTo(8))
                        .setInterest(org.vsekai.nebula.api.entities.v1.AreaOfInterest.newBuilder()
                                .setX(-1)
                                .setZ(2)
                                .setRadius(3)
                                .setFollow(4))
                        .build());
        assertThat(created).isNotDone();
        assertThat(outbox.answered(1)).isSameAs(created);
        assertThat(outbox.answered(1)).isNull();
    }

    @Test
    void anAreaThatSeesNothingIsSentToo() {
        outbox.interest(AreaOfInterest.NOTHING);
        outbox.flush();
        assertThat(call.only().hasInterest()).isTrue();
    }

    @Test
    void whatIsMoreThanAFrameMayHoldGoesInSeveral() {
        Random random = new Random(3);
        Map<Integer, int[]> expected = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            int handle = random.nextInt(1, Integer.MAX_VALUE);
            int[] position = {random.nextInt(), random.nextInt(), random.nextInt()};
            expected.put(handle, position);
            outbox.move(handle, position[0], position[1], position[2]);
            if (i % 2 == 0) {
                outbox.accelerate(handle, random.nextInt(), random.nextInt(), random.nextInt());
            }
        }
        for (int i = 0; i < 600; i++) {
            outbox.component(1, 1000 + i, ByteString.copyFrom(new byte[700]));
            outbox.delete(50_000 + i);
            outbox.requestAuthority(60_000 + i);
            assertThat(outbox.create(NewEntity.at(i, 0, 0)
                            .withComponent(1, ByteString.copyFrom(new byte[i % 300 == 0 ? 60_000 : 10]))))
                    .isNotDone();
        }
        outbox.flush();

        Map<Integer, int[]> moved = new HashMap<>();
        int created = 0;
        int components = 0;
        TreeSet<Integer> deleted = new TreeSet<>();
        int authority = 0;
        for (ClientFrame frame : call.frames) {
            assertThat(frame.getCreateCount()).isLessThanOrEqualTo(256);
            assertThat(frame.getComponentsCount()).isLessThanOrEqualTo(256);
            assertThat(frame.getDeleteCount()).isLessThanOrEqualTo(256);
            assertThat(frame.getAuthorityCount()).isLessThanOrEqualTo(64);
            assertThat(frame.getMovementsList().stream()
                            .mapToInt(Movements::getHandlesCount)
                            .sum())
                    .isLessThanOrEqualTo(2048);
            if (frame.getDeleteCount() + frame.getAuthorityCount() > 0) {
                assertThat(moved.size() + handles(frame)).isEqualTo(expected.size());
            }
            for (Movements group : frame.getMovementsList()) {
                int handle = 0;
                for (int i = 0; i < group.getHandlesCount(); i++) {
                    handle += group.getHandles(i);
                    assertThat(moved.put(
                                    handle,
                                    group.getPositionsList().subList(3 * i, 3 * i + 3).stream()
                                            .mapToInt(value -> value)
                                            .toArray()))
                            .isNull();
                }
            }
            created += frame.getCreateCount();
            components += frame.getComponentsCount();
            deleted.addAll(frame.getDeleteList());
            authority += frame.getAuthorityCount();
        }
        assertThat(call.sizes).allSatisfy(size -> assertThat(size).isLessThanOrEqualTo(64 << 10));
        assertThat(moved.keySet()).isEqualTo(expected.keySet());
        expected.forEach((handle, position) -> assertThat(moved.get(handle)).containsExactly(position));
        assertThat(created).isEqualTo(600);
        assertThat(components).isEqualTo(600);
        assertThat(deleted).hasSize(600);
        assertThat(authority).isEqualTo(600);
        SessionStatistics statistics = outbox.statistics();
        assertThat(statistics.framesSent()).isEqualTo(call.frames.size());
        assertThat(statistics.bytesSent())
                .isEqualTo(call.sizes.stream().mapToLong(size -> size).sum());
    }

    private static int handles(ClientFrame frame) {
        return frame.getMovementsList().stream()
                .mapToInt(Movements::getHandlesCount)
                .sum();
    }

    @Test
    void theQuestionOfDurabilityComesAfterEverythingStagedBefore() {
        for (int i = 0; i < 3000; i++) {
            outbox.move(1 + i, i, i, i);
        }
        outbox.delete(9);
        CompletableFuture<Durability> database = outbox.ask(Durability.DATABASE);
        CompletableFuture<Durability> memory = outbox.ask(Durability.MEMORY);
        outbox.flush();

        assertThat(call.frames).hasSize(4);
        assertThat(call.frames.get(1).getDeleteList()).containsExactly(9);
        assertThat(call.frames.get(1).hasAskDurability()).isFalse();
        assertThat(call.frames.get(2).getAskDurability())
                .isEqualTo(AskDurability.newBuilder()
                        .setRequest(1)
                        .setLevel(AskDurability.Level.LEVEL_DATABASE)
                        .build());
        assertThat(call.frames.get(3).getAskDurability().getRequest()).isEqualTo(2);
        assertThat(outbox.answered(1, Durability.REPLICATED))
                .as("too low a level")
                .isNull();
        assertThat(outbox.answered(1, Durability.DATABASE)).isSameAs(database);
        assertThat(outbox.answered(2, Durability.REPLICATED)).isSameAs(memory);
    }

    @Test
    void whileTheStreamTakesNothingTheNewestValuesReplaceTheWaitingOnes() {
        call.room = 0;
        for (int round = 0; round < 1000; round++) {
            for (int handle = 1; handle <= 10; handle++) {
                outbox.move(handle, round, handle, -round);
                outbox.component(handle, 7, ByteString.copyFromUtf8("round " + round));
            }
            outbox.flush();
        }
        call.room = Integer.MAX_VALUE;
        outbox.ready();

        ClientFrame frame = call.only();
        assertThat(frame.getMovements(0).getHandlesCount()).isEqualTo(10);
        assertThat(frame.getMovements(0).getPositionsList().subList(0, 3)).containsExactly(999, 1, -999);
        assertThat(frame.getComponentsCount()).isEqualTo(10);
        assertThat(frame.getComponents(3)).isEqualTo(Frames.componentUpdate(4, 7, "round 999"));
    }

    @Test
    void whatHasGoneAlreadyIsStagedAnewAndWhatHasNotIsReplacedWhereItWaits() {
        call.room = 1;
        for (int handle = 1; handle <= 4096; handle++) {
            outbox.move(handle, 1, 1, 1);
        }
        outbox.flush();
        assertThat(call.frames).hasSize(1);
        outbox.move(1, 2, 2, 2);
        outbox.move(4096, 3, 3, 3);
        outbox.turn(4095, 4);
        outbox.releaseAuthority(4096, 0);
        call.room = 10;
        outbox.ready();
        assertThat(call.frames).as("what was not flushed stays").hasSize(2);
        outbox.flush();
        assertThat(call.frames).hasSize(3);

        ClientFrame second = call.frames.get(1);
        assertThat(handles(second)).isEqualTo(2048);
        assertThat(second.getMovements(0).getPositionsList().getLast()).isEqualTo(3);
        assertThat(second.getMovements(1).getRotationsList()).containsExactly(4);
        assertThat(second.getAuthorityCount()).isZero();
        ClientFrame third = call.frames.get(2);
        assertThat(third.getMovements(0))
                .isEqualTo(Frames.positions(Frames.group(1), 2, 2, 2).build());
        assertThat(third.getAuthorityCount()).isEqualTo(1);
    }

    /** Whatever is taken and replaced in whatever order, the last value arrives, and nobody's comes to another. */
    @Test
    void theLastValueArrives() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Integer, Integer> expected = new HashMap<>();
        Map<Integer, Integer> arrived = new HashMap<>();
        call.room = 0;
        for (int i = 0; i < 20_000; i++) {
            int handle = random.nextInt(1, 3000);
            outbox.move(handle, i, handle, 0);
            expected.put(handle, i);
            if (random.nextInt(50) == 0) {
                outbox.flush();
            }
            if (random.nextInt(100) == 0) {
                call.room = random.nextInt(3);
                outbox.ready();
                arrive(arrived);
            }
        }
        call.room = Integer.MAX_VALUE;
        outbox.flush();
        arrive(arrived);
        assertThat(arrived).as("seed %d", seed).isEqualTo(expected);
    }

    private void arrive(Map<Integer, Integer> arrived) {
        for (ClientFrame frame : call.frames) {
            for (Movements group : frame.getMovementsList()) {
                int handle = 0;
                for (int i = 0; i < group.getHandlesCount(); i++) {
                    handle += group.getHandles(i);
                    assertThat(group.getPositions(3 * i + 1)).isEqualTo(handle);
                    arrived.put(handle, group.getPositions(3 * i));
                }
            }
        }
        call.frames.clear();
    }

    @Test
    void framesAreAskedForOneByOneAndAcknowledgedAtMostTwiceASecond() {
        outbox.worked(1, 10);
        assertThat(call.only().getAcknowledge()).isEqualTo(1);
        for (int tick = 2; tick < 11; tick++) {
            nanos.addAndGet(Duration.ofMillis(50).toNanos());
            outbox.worked(tick, 10);
        }
        assertThat(call.frames).isEmpty();
        nanos.addAndGet(Duration.ofMillis(50).toNanos());
        outbox.worked(11, 10);
        assertThat(call.only())
                .isEqualTo(ClientFrame.newBuilder().setAcknowledge(11).build());
        nanos.addAndGet(Duration.ofMillis(500).toNanos());
        outbox.worked(11, 10);
        assertThat(call.frames).as("the same tick again").isEmpty();
        call.room = 0;
        outbox.worked(12, 10);
        call.room = 1;
        outbox.move(1, 1, 1, 1);
        outbox.flush();
        assertThat(call.only().getAcknowledge()).as("with what goes anyway").isEqualTo(12);
        assertThat(call.requested).isEqualTo(13);
        assertThat(outbox.statistics().framesReceived()).isEqualTo(13);
        assertThat(outbox.statistics().bytesReceived()).isEqualTo(130);
    }

    @Test
    void changesThatNameHandlesAreDroppedUntilTheCallerKnowsOfTheJoin() {
        outbox.move(1, 1, 1, 1);
        outbox.requestAuthority(1);
        outbox.interest(AreaOfInterest.following(1, 10));
        outbox.flush();
        call.frames.clear();
        outbox.move(2, 1, 1, 1);
        assertThat(outbox.detach()).isEmpty();
        stageEverything(3);
        RecordingCall next = new RecordingCall();
        outbox.attach(next);
        stageEverything(4);
        onSessionThread = true;
        stageEverything(5);
        onSessionThread = false;
        outbox.announce();
        outbox.flush();

        ClientFrame frame = next.frames.getFirst();
        assertThat(frame.getMovements(0))
                .isEqualTo(Frames.positions(Frames.group(5), 1, 1, 1).build());
        assertThat(frame.getComponentsList()).containsExactly(Frames.componentUpdate(5, 1, "x"));
        assertThat(frame.getAuthorityCount()).isEqualTo(2);
        assertThat(frame.getDeleteList()).containsExactly(5);
        assertThat(frame.getInterest().getFollow()).isEqualTo(5);
        assertThat(next.frames).hasSize(1);
        assertThat(call.frames).isEmpty();
    }

    private void stageEverything(int handle) {
        outbox.move(handle, 1, 1, 1);
        outbox.component(handle, 1, ByteString.copyFromUtf8("x"));
        outbox.requestAuthority(handle);
        outbox.releaseAuthority(handle, 0);
        outbox.delete(handle);
        outbox.interest(AreaOfInterest.following(handle, 10));
        outbox.flush();
    }

    @Test
    void afterALossWhatWasSentIsOpenAndWhatWasNotIsSentThen() {
        call.room = 1;
        CompletableFuture<CreatedEntity> sent = outbox.create(NewEntity.at(1, 0, 0));
        outbox.flush();
        CompletableFuture<CreatedEntity> flushed = outbox.create(NewEntity.at(2, 0, 0));
        outbox.flush();
        CompletableFuture<CreatedEntity> staged = outbox.create(NewEntity.at(3, 0, 0));
        CompletableFuture<Durability> asked = outbox.ask(Durability.REPLICATED);
        assertThat(outbox.detach()).containsExactlyInAnyOrder(sent, asked);
        assertThat(outbox.ask(Durability.MEMORY))
                .isCompletedExceptionally()
                .satisfies(failed -> assertThat(failed.exceptionNow()).isInstanceOf(OutcomeUnknownException.class));

        RecordingCall next = new RecordingCall();
        outbox.attach(next);
        outbox.announce();
        assertThat(next.only().getCreateList()).extracting(CreateEntity::getX).containsExactly(2, 3);
        assertThat(List.of(flushed, staged))
                .allSatisfy(answer -> assertThat(answer).isNotDone());
        assertThat(outbox.answered(2)).isSameAs(flushed);
        assertThat(outbox.statistics().joins()).isEqualTo(2);
    }

    @Test
    void onceItIsClosedEverythingFailsAndNothingIsSent() {
        CompletableFuture<CreatedEntity> staged = outbox.create(NewEntity.at(1, 0, 0));
        SessionClosedException over = new SessionClosedException("over");
        assertThat(outbox.close(over)).isEqualTo(List.of(staged));
        stageEverything(1);
        assertThat(outbox.create(NewEntity.at(1, 0, 0)).exceptionNow()).isSameAs(over);
        assertThat(outbox.ask(Durability.MEMORY).exceptionNow()).isSameAs(over);
        assertThat(call.frames).isEmpty();
    }

    @Test
    void whatWaitsIsBounded() {
        Outbox small = outbox(SessionSettings.of("plaza").withBounds(10, 2, 200, 3));
        RecordingCall blocked = new RecordingCall();
        blocked.room = 0;
        small.attach(blocked);
        small.announce();
        small.move(1, 1, 1, 1);
        small.turn(2, 1);
        small.move(2, 1, 1, 1);
        assertThatExceptionOfType(OverloadedException.class).isThrownBy(() -> small.move(3, 1, 1, 1));
        small.component(1, 1, ByteString.copyFrom(new byte[100]));
        assertThatExceptionOfType(OverloadedException.class)
                .isThrownBy(() -> small.component(1, 2, ByteString.copyFrom(new byte[100])));
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(small.create(NewEntity.at(0, 0, 0)));
        }
        assertThat(answers.subList(0, 3))
                .allSatisfy(answer -> assertThat(answer).isNotDone());
        assertThat(answers.get(3).exceptionNow()).isInstanceOf(OverloadedException.class);
        small.flush();
        assertThat(small.create(NewEntity.at(0, 0, 0)).exceptionNow()).isInstanceOf(OverloadedException.class);
    }

    @Test
    void aQuestionThatNobodyWaitsForMakesRoom() {
        Outbox small = outbox(SessionSettings.of("plaza").withBounds(10, 2, 10_000, 1));
        small.attach(call);
        small.announce();
        CompletableFuture<Durability> first = small.ask(Durability.DATABASE);
        assertThat(small.ask(Durability.DATABASE).exceptionNow()).isInstanceOf(OverloadedException.class);
        first.cancel(false);
        assertThat(small.ask(Durability.DATABASE)).isNotDone();
    }

    @Test
    void whatFitsIntoNoFrameIsTheCallersFault() {
        ByteString large = ByteString.copyFrom(new byte[64 << 10]);
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.component(1, 1, large));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> outbox.create(NewEntity.at(0, 0, 0).withComponent(1, large)));
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.move(0, 1, 1, 1));
    }
}
