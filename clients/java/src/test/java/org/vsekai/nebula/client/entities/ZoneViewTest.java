package org.vsekai.nebula.client.entities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.vsekai.nebula.client.entities.Frames.apply;
import static org.vsekai.nebula.client.entities.Frames.cell;
import static org.vsekai.nebula.client.entities.Frames.component;
import static org.vsekai.nebula.client.entities.Frames.componentUpdate;
import static org.vsekai.nebula.client.entities.Frames.departure;
import static org.vsekai.nebula.client.entities.Frames.entity;
import static org.vsekai.nebula.client.entities.Frames.frame;
import static org.vsekai.nebula.client.entities.Frames.group;
import static org.vsekai.nebula.client.entities.Frames.id;
import static org.vsekai.nebula.client.entities.Frames.owner;
import static org.vsekai.nebula.client.entities.Frames.positions;
import static org.vsekai.nebula.client.entities.Frames.welcome;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.CellUpdate;
import org.vsekai.nebula.api.entities.v1.ServerFrame;
import org.vsekai.nebula.api.entities.v1.Welcome;

/** Each rule of the contract by a frame that needs it. */
class ZoneViewTest {
    private final ZoneView view = new ZoneView();
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void joinWithCells3And4() {
        apply(view, frame(1).setWelcome(welcome(9, 2)).addOpened(3).addOpened(4));
        view.listen(new ViewListener() {
            @Override
            public void entered(ZoneView of, int slot) {
                heard.add("entered " + of.handle(slot));
            }

            @Override
            public void changed(ZoneView of, int slot) {
                heard.add("changed " + of.handle(slot));
            }

            @Override
            public void left(ZoneView of, int slot) {
                heard.add("left " + of.handle(slot));
            }
        });
    }

    @Test
    void aWelcomeTellsOfTheZone() {
        JoinedZone zone = view.findZone().orElseThrow();
        assertThat(zone)
                .isEqualTo(new JoinedZone(
                        9,
                        "plaza",
                        2,
                        20,
                        10_000,
                        10,
                        10,
                        50_000,
                        0,
                        List.of(
                                new ComponentSchema(1, "health", 8, ComponentSchema.Persistence.DURABLE, true),
                                new ComponentSchema(7, "pose", 40, ComponentSchema.Persistence.VOLATILE, false)),
                        Set.of()));
        assertThat(view.tick()).isEqualTo(1);
        assertThat(view.openCells()).isEqualTo(2);
        assertThat(view.isOpen(3)).isTrue();
        assertThat(view.isOpen(0)).isFalse();
    }

    @Test
    void entitiesEnterWithAllTheirValues() {
        apply(
                view,
                frame(2).addCells(cell(3).addEntered(entity(5, -1, 2, Integer.MAX_VALUE)
                        .setOwner(9)
                        .setRotation(77)
                        .setVelocityX(-4)
                        .setVelocityY(5)
                        .setVelocityZ(Integer.MIN_VALUE)
                        .addComponents(component(1, "80"))
                        .addComponents(component(7, "")))));

        int slot = view.slot(5);
        assertThat(view.slot(id(5))).isEqualTo(slot);
        assertThat(view.handle(slot)).isEqualTo(5);
        assertThat(view.id(slot)).isEqualTo(id(5));
        assertThat(view.owner(slot)).isEqualTo(9);
        assertPosition(5, -1, 2, Integer.MAX_VALUE);
        assertThat(view.rotation(slot)).isEqualTo(77);
        assertThat(view.velocityX(slot)).isEqualTo(-4);
        assertThat(view.velocityY(slot)).isEqualTo(5);
        assertThat(view.velocityZ(slot)).isEqualTo(Integer.MIN_VALUE);
        assertThat(view.cell(slot)).isEqualTo(3);
        assertThat(view.findComponent(slot, 1)).contains(ByteString.copyFromUtf8("80"));
        assertThat(view.findComponent(slot, 7)).contains(ByteString.EMPTY);
        assertThat(view.findComponent(slot, 2)).isEmpty();
        assertThat(view.size()).isEqualTo(1);
        assertThat(view.tick()).isEqualTo(2);
        assertThat(heard).containsExactly("entered 5");
    }

    @Test
    void settledValuesReplaceAndEmptyColumnsChangeNothing() {
        enter(3, 5, 6, 7);
        heard.clear();
        apply(
                view,
                frame(3).addCells(cell(3).addSettled(positions(group(5, 7), 1, 2, 3, 4, 5, 6))
                        .addSettled(group(6).addRotations(99))
                        .addSettled(group(7).addRotations(98)
                                .addVelocities(1)
                                .addVelocities(-2)
                                .addVelocities(3))));

        assertPosition(5, 1, 2, 3);
        assertPosition(6, 600, 0, 6000);
        assertPosition(7, 4, 5, 6);
        assertThat(view.rotation(view.slot(5))).isEqualTo(Rotations.IDENTITY);
        assertThat(view.rotation(view.slot(6))).isEqualTo(99);
        assertThat(view.rotation(view.slot(7))).isEqualTo(98);
        assertThat(view.velocityY(view.slot(7))).isEqualTo(-2);
        assertThat(heard).containsExactly("changed 5", "changed 7", "changed 6", "changed 7");
    }

    @Test
    void movedPositionsAreDifferencesAndEverythingElseIsNot() {
        enter(3, 5);
        apply(view, frame(3).addCells(cell(3).addMoved(positions(group(5), -10, 20, -30))));
        apply(
                view,
                frame(4).addCells(cell(3).addMoved(positions(group(5), 1, 1, 1)
                        .addRotations(8)
                        .addVelocities(7)
                        .addVelocities(7)
                        .addVelocities(7))));
        apply(
                view,
                frame(5).addCells(cell(3).addMoved(group(5).addRotations(9)
                        .addVelocities(6)
                        .addVelocities(6)
                        .addVelocities(6))));

        assertPosition(5, 491, 21, 4971);
        assertThat(view.rotation(view.slot(5))).isEqualTo(9);
        assertThat(view.velocityX(view.slot(5))).isEqualTo(6);
    }

    @Test
    void differencesWrapAround() {
        apply(view, frame(2).addCells(cell(3).addEntered(entity(5, Integer.MAX_VALUE, Integer.MIN_VALUE, -1))));
        apply(view, frame(3).addCells(cell(3).addMoved(positions(group(5), 2, -1, Integer.MIN_VALUE))));
        assertPosition(5, Integer.MIN_VALUE + 1, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    @Test
    void settledComesBeforeMovedWithinAnUpdate() {
        enter(3, 5);
        apply(
                view,
                frame(3).addCells(cell(3).addMoved(positions(group(5), 1, 1, 1))
                        .addSettled(positions(group(5), 10, 10, 10))));
        assertPosition(5, 11, 11, 11);
    }

    @Test
    void aGroupMayHoldEntitiesOfAnotherCell() {
        enter(3, 5);
        enter(4, 6);
        apply(view, frame(3).addCells(cell(4).addSettled(positions(group(5, 6), 1, 1, 1, 2, 2, 2))));
        assertPosition(5, 1, 1, 1);
        assertPosition(6, 2, 2, 2);
        assertThat(view.cell(view.slot(5))).isEqualTo(3);
    }

    @Test
    void componentsAndOwnersChange() {
        enter(3, 5);
        apply(
                view,
                frame(3).addCells(cell(3).addComponents(componentUpdate(5, 7, "sit"))
                        .addComponents(componentUpdate(5, 1, "3"))
                        .addComponents(componentUpdate(5, 7, "stand"))
                        .addOwners(owner(5, 12))));
        int slot = view.slot(5);
        assertThat(view.findComponent(slot, 7)).contains(ByteString.copyFromUtf8("stand"));
        assertThat(view.findComponent(slot, 1)).contains(ByteString.copyFromUtf8("3"));
        assertThat(view.owner(slot)).isEqualTo(12);
        apply(view, frame(4).addCells(cell(3).addOwners(owner(5, 0))));
        assertThat(view.owner(slot)).isZero();
    }

    @Test
    void whoIsToldAnewHasNothingOfWhatItHadBefore() {
        apply(
                view,
                frame(2).addCells(cell(3).addEntered(entity(5, 1, 1, 1)
                        .setOwner(3)
                        .setVelocityX(7)
                        .addComponents(component(1, "80"))
                        .addComponents(component(7, "sit")))));
        heard.clear();
        apply(view, frame(3).addCells(cell(4).addEntered(entity(5, 2, 2, 2).addComponents(component(7, "run")))));

        int slot = view.slot(5);
        assertThat(view.size()).isEqualTo(1);
        assertThat(view.cell(slot)).isEqualTo(4);
        assertThat(view.owner(slot)).isZero();
        assertThat(view.velocityX(slot)).isZero();
        assertThat(view.findComponent(slot, 1)).isEmpty();
        assertThat(view.findComponent(slot, 7)).contains(ByteString.copyFromUtf8("run"));
        assertThat(heard).containsExactly("changed 5");
    }

    @Test
    void whoDepartsIntoAnOpenCellIsThereWithItsOldValues() {
        enter(3, 5);
        heard.clear();
        apply(view, frame(3).addCells(cell(3).addDeparted(departure(5, 4))));
        assertThat(view.cell(view.slot(5))).isEqualTo(4);
        assertPosition(5, 500, 0, 5000);
        assertThat(heard).isEmpty();
    }

    @Test
    void whoDepartsIntoACellThatIsNotOpenIsGone() {
        enter(3, 5);
        apply(view, frame(3).addCells(cell(3).addDeparted(departure(5, 8))));
        assertGone(5);
    }

    @Test
    void whoWasDeletedIsGone() {
        enter(3, 5, 6);
        apply(view, frame(3).addCells(cell(3).addDeparted(departure(5))));
        assertGone(5);
        assertThat(view.slot(6)).isNotNegative();
    }

    @Test
    void cellNumberZeroIsACellLikeOthers() {
        apply(view, frame(2).addOpened(0));
        enter(0, 5);
        enter(3, 6);
        apply(view, frame(3).addCells(cell(3).addDeparted(departure(6, 0))));
        assertThat(view.cell(view.slot(6))).isZero();
        apply(view, frame(4).addCells(cell(0).addDeparted(departure(5, 3)).addDeparted(departure(6))));
        assertThat(view.cell(view.slot(5))).isEqualTo(3);
        assertGone(6);
    }

    @Test
    void aDepartureThatIsToldAfterTheArrivalDoesNothing() {
        enter(3, 5);
        apply(view, frame(3).addCells(cell(4).addEntered(entity(5, 1, 2, 3))));
        apply(view, frame(4).addCells(cell(3).addDeparted(departure(5, 4))));
        assertThat(view.cell(view.slot(5))).isEqualTo(4);
        assertPosition(5, 1, 2, 3);
        // The same where both stand in one frame, and where it went on into a cell that is not open.
        apply(
                view,
                frame(5).addCells(cell(3).addEntered(entity(5, 4, 5, 6)))
                        .addCells(cell(4).addDeparted(departure(5, 8))));
        assertThat(view.cell(view.slot(5))).isEqualTo(3);
        assertPosition(5, 4, 5, 6);
    }

    @Test
    void aDepartureToTheCellWhereTheEntityIsNowSkipsTheCellsBetween() {
        apply(view, frame(2).addOpened(5));
        enter(3, 7);
        // It went 3, 4, 5 before anything was told; cell 3 tells that it is in 5 now, and then cell 4 that it left.
        apply(view, frame(3).addCells(cell(3).addDeparted(departure(7, 5))));
        apply(view, frame(4).addCells(cell(4).addDeparted(departure(7, 5))));
        assertThat(view.cell(view.slot(7))).isEqualTo(5);
        apply(view, frame(5).addCells(cell(5).addEntered(entity(7, 1, 1, 1))));
        assertPosition(7, 1, 1, 1);
    }

    @Test
    void aDepartureOfSomebodyUnknownDoesNothing() {
        apply(view, frame(3).addCells(cell(3).addDeparted(departure(5, 4)).addDeparted(departure(6))));
        assertThat(view.size()).isZero();
        assertThat(view.unknownHandles()).isZero();
    }

    @Test
    void whoCrossedAnOpenCellIsDroppedWithTheCellItIsIn() {
        enter(3, 5);
        apply(view, frame(3).addCells(cell(3).addDeparted(departure(5, 4))));
        apply(view, frame(4).addClosed(3));
        assertThat(view.slot(5)).isNotNegative();
        apply(view, frame(5).addClosed(4));
        assertGone(5);
    }

    @Test
    void closingACellDropsWhatIsInItAndNothingElse() {
        enter(3, 5, 6);
        enter(4, 7);
        heard.clear();
        apply(view, frame(3).addClosed(3));
        assertThat(view.isOpen(3)).isFalse();
        assertGone(5);
        assertGone(6);
        assertThat(view.slot(7)).isNotNegative();
        assertThat(heard).containsExactlyInAnyOrder("left 5", "left 6");
    }

    @Test
    void whatIsToldOfAClosedCellIsCountedAndPassedOver() {
        apply(view, frame(2).addClosed(3));
        apply(view, frame(3).addCells(cell(3).addEntered(entity(5, 1, 1, 1))).addClosed(77));
        assertGone(5);
        assertThat(view.unknownCells()).isEqualTo(1);
    }

    @Test
    void cellsOfAFrameAreOpenedAndClosedBeforeAnyIsTold() {
        enter(3, 5);
        apply(
                view,
                frame(3).addOpened(6)
                        .addClosed(4)
                        .addCells(cell(3).addDeparted(departure(5, 6)))
                        .addCells(cell(4).addEntered(entity(8, 1, 1, 1))));
        assertThat(view.cell(view.slot(5))).isEqualTo(6);
        assertGone(8);
    }

    @Test
    void aCellBeginsEmptyEvenIfItWasOpen() {
        enter(3, 5);
        apply(view, frame(3).addOpened(3));
        assertGone(5);
        assertThat(view.isOpen(3)).isTrue();
        assertThat(view.openCells()).isEqualTo(2);
    }

    @Test
    void aResetDropsWhatTheCellHoldsBeforeItIsToldAnew() {
        enter(3, 5, 6);
        enter(4, 7);
        apply(
                view,
                frame(3).addCells(cell(3).setReset(true)
                        .addEntered(entity(6, 9, 9, 9))
                        .addEntered(entity(8, 8, 8, 8))));
        assertGone(5);
        assertPosition(6, 9, 9, 9);
        assertPosition(8, 8, 8, 8);
        assertThat(view.slot(7)).isNotNegative();
    }

    @Test
    void aHandleThatIsAnothersNowTakesTheFormerOnesPlace() {
        enter(3, 5);
        heard.clear();
        apply(view, frame(3).addCells(cell(4).addEntered(entity(5, id(50), 1, 1, 1))));
        assertThat(view.size()).isEqualTo(1);
        assertThat(view.slot(id(5))).isEqualTo(-1);
        assertThat(view.slot(id(50))).isEqualTo(view.slot(5));
        assertThat(heard).containsExactly("left 5", "entered 5");
        // The former one's departure is told late, and is not the new one's.
        apply(view, frame(4).addCells(cell(3).addDeparted(departure(5, 4))));
        assertPosition(5, 1, 1, 1);
    }

    @Test
    void anIdThatHasAnotherHandleNowIsOneEntity() {
        enter(3, 5);
        heard.clear();
        apply(view, frame(3).addCells(cell(3).addEntered(entity(8, id(5), 1, 1, 1))));
        assertThat(view.size()).isEqualTo(1);
        assertGone(5);
        assertThat(view.slot(id(5))).isEqualTo(view.slot(8));
        assertThat(heard).containsExactly("left 5", "entered 8");
    }

    @Test
    void anotherWelcomeBeginsTheViewAnew() {
        enter(3, 5, 6);
        heard.clear();
        apply(
                view,
                frame(1).setWelcome(welcome(10, 3).addOwned(5).addOwned(400))
                        .addOpened(7)
                        .addCells(cell(7).addEntered(entity(5, id(99), 1, 2, 3))));
        assertThat(view.size()).isEqualTo(1);
        assertThat(view.isOpen(3)).isFalse();
        assertThat(view.isOpen(7)).isTrue();
        assertThat(view.slot(id(6))).isEqualTo(-1);
        assertPosition(5, 1, 2, 3);
        assertThat(view.tick()).isEqualTo(1);
        assertThat(view.findZone().orElseThrow().owned()).containsExactlyInAnyOrder(5, 400);
        assertThat(heard).containsExactly("left 5", "left 6", "entered 5");
    }

    @Test
    void theWelcomeComesFirstWhereverItStandsInTheBytes() throws IOException {
        enter(3, 5);
        ServerFrame opened = frame(1).addOpened(7).build();
        ServerFrame welcomed =
                ServerFrame.newBuilder().setWelcome(welcome(10, 3)).build();
        ServerFrame told = ServerFrame.newBuilder()
                .addCells(cell(7).addEntered(entity(6, 1, 2, 3)))
                .build();
        // As a server may write it: what is opened, then what was pending for the session, then cells.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        opened.writeTo(bytes);
        welcomed.writeTo(bytes);
        told.writeTo(bytes);
        view.apply(bytes.toByteArray(), 0, bytes.size());
        assertThat(view.isOpen(7)).isTrue();
        assertThat(view.openCells()).isEqualTo(1);
        assertPosition(6, 1, 2, 3);
        // And turned round.
        bytes.reset();
        told.writeTo(bytes);
        opened.writeTo(bytes);
        welcomed.writeTo(bytes);
        view.apply(bytes.toByteArray(), 0, bytes.size());
        assertPosition(6, 1, 2, 3);
    }

    @Test
    void aCellsFieldsTakeEffectInTheirOrderWhereverTheyStandInTheBytes() throws IOException {
        enter(3, 5);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CellUpdate.newBuilder().addDeparted(departure(6, 4)).build().writeTo(bytes);
        CellUpdate.newBuilder()
                .addMoved(positions(group(5, 6), 1, 1, 1, 2, 2, 2))
                .build()
                .writeTo(bytes);
        CellUpdate.newBuilder().addEntered(entity(6, 10, 10, 10)).build().writeTo(bytes);
        CellUpdate.newBuilder().setCell(3).build().writeTo(bytes);
        applyCell(bytes);
        assertPosition(5, 501, 1, 5001);
        assertPosition(6, 12, 12, 12);
        assertThat(view.cell(view.slot(6))).isEqualTo(4);
    }

    @Test
    void columnsMayComeInPiecesAndUnpacked() throws IOException {
        enter(3, 5, 6, 7);
        ByteArrayOutputStream group = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(group);
        out.writeUInt32(1, 5);
        group(6, 7).build().writeTo(out);
        out.writeSInt32(2, -1);
        for (int value = 2; value <= 9; value++) {
            out.writeSInt32(2, value);
        }
        out.writeFixed32(3, 11);
        group().addRotations(12).addRotations(13).build().writeTo(out);
        out.writeUInt64(99, 1);
        out.flush();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream update = CodedOutputStream.newInstance(bytes);
        update.writeUInt32(1, 3);
        update.writeByteArray(4, group.toByteArray());
        update.flush();
        // 5, then 5 + 6, then 5 + 6 + 1: a list in pieces is one list of differences.
        enter(3, 11, 12);
        applyCell(bytes);
        assertPosition(5, -1, 2, 3);
        assertPosition(11, 4, 5, 6);
        assertPosition(12, 7, 8, 9);
        assertThat(view.rotation(view.slot(12))).isEqualTo(13);
    }

    @Test
    void fieldsThatNobodyKnowsArePassedOver() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeFixed64(100, 1);
        out.writeFixed32(101, 1);
        out.writeString(102, "later");
        out.writeUInt64(103, -1);
        out.flush();
        frame(2).addCells(cell(3).addEntered(entity(5, 1, 2, 3))).build().writeTo(bytes);
        view.apply(bytes.toByteArray(), 0, bytes.size());
        assertPosition(5, 1, 2, 3);
    }

    @Test
    void aFrameMayLieAnywhereInAnArray() {
        byte[] bytes = frame(2).addCells(cell(3).addEntered(entity(5, 1, 2, 3)))
                .build()
                .toByteArray();
        byte[] room = new byte[bytes.length + 20];
        java.util.Arrays.fill(room, (byte) 0xff);
        System.arraycopy(bytes, 0, room, 7, bytes.length);
        view.apply(room, 7, bytes.length);
        assertPosition(5, 1, 2, 3);
    }

    @Test
    void changesOfSomebodyUnknownAreCountedAndPassedOver() {
        enter(3, 5);
        apply(
                view,
                frame(3).addCells(cell(3).addSettled(positions(group(4, 5), 1, 1, 1, 2, 2, 2))
                        .addMoved(positions(group(5, 1000), 1, 1, 1, 2, 2, 2))
                        .addComponents(componentUpdate(6, 1, "x"))
                        .addOwners(owner(6, 1))));
        assertPosition(5, 3, 3, 3);
        assertThat(view.size()).isEqualTo(1);
        assertThat(view.unknownHandles()).isEqualTo(4);
    }

    @Test
    void componentsThatTheSchemaDoesNotHaveAreCountedAndPassedOver() {
        apply(view, frame(2).addCells(cell(3).addEntered(entity(5, 1, 1, 1).addComponents(component(2, "x")))));
        apply(view, frame(3).addCells(cell(3).addComponents(componentUpdate(5, 3, "x"))));
        assertThat(view.unknownComponents()).isEqualTo(2);
        assertThat(view.findComponent(view.slot(5), 2)).isEmpty();
        assertThat(view.findComponent(view.slot(5), 3)).isEmpty();
    }

    @Test
    void whatBreaksTheShapeIsMalformed() {
        enter(3, 5, 6);
        assertMalformed(cell(3).addSettled(positions(group(5, 6), 1, 1, 1)));
        assertMalformed(cell(3).addMoved(positions(group(5), 1, 1, 1, 1)));
        assertMalformed(cell(3).addMoved(group(5, 6).addRotations(1)));
        assertMalformed(cell(3).addMoved(group(5, 6).addVelocities(1)));
        assertMalformed(cell(3).addMoved(group().addRotations(1)));
        assertMalformed(cell(3).addEntered(entity(0, 1, 1, 1)));
        assertMalformed(cell(3).addEntered(entity(5, 1, 1, 1).setId(ByteString.copyFromUtf8("short"))));
        assertMalformed(cell(3).addEntered(entity(5, 1, 1, 1).clearId()));
        assertMalformed(cell(3).addComponents(componentUpdate(5, 1, "more than 8 bytes")));
    }

    @Test
    void aSchemaThatMakesNoSenseIsMalformed() {
        assertMalformed(welcome(1, 1)
                .addComponents(org.vsekai.nebula.api.entities.v1.ComponentSchema.newBuilder()
                        .setNumber(7)));
        assertMalformed(welcome(1, 1).addComponents(org.vsekai.nebula.api.entities.v1.ComponentSchema.newBuilder()));
        Welcome.Builder large = welcome(1, 1);
        for (int i = 100; i < 400; i++) {
            large.addComponents(org.vsekai.nebula.api.entities.v1.ComponentSchema.newBuilder()
                    .setNumber(i));
        }
        assertMalformed(large);
    }

    private void assertMalformed(Welcome.Builder welcome) {
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> apply(view, frame(3).setWelcome(welcome)));
    }

    @Test
    void whatIsTooMuchIsMalformed() {
        ZoneView small = new ZoneView(2);
        apply(small, frame(1).setWelcome(welcome(9, 2)).addOpened(3));
        apply(small, frame(2).addCells(cell(3).addEntered(entity(1, 1, 1, 1)).addEntered(entity(2, 1, 1, 1))));
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> apply(small, frame(3).addCells(cell(3).addEntered(entity(3, 1, 1, 1)))));
        byte[] large = new byte[ZoneView.LARGEST_FRAME + 1];
        assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> small.apply(large, 0, large.length));
        ServerFrame.Builder cells = frame(4);
        for (int i = 0; i < 70_000; i++) {
            cells.addOpened(i);
        }
        assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> apply(small, cells));
    }

    @Test
    void aViewIsOfUseAgainAfterTheNextWelcome() {
        enter(3, 5);
        assertMalformed(cell(3).addEntered(entity(6, 1, 1, 1)).addSettled(positions(group(5), 1)));
        apply(view, frame(1).setWelcome(welcome(9, 2)).addOpened(3).addCells(cell(3).addEntered(entity(8, 1, 2, 3))));
        assertThat(view.size()).isEqualTo(1);
        assertPosition(8, 1, 2, 3);
    }

    @Test
    void everyEntityIsPassedOverOnce() {
        for (int handle = 1; handle <= 500; handle++) {
            enter(3 + handle % 2, handle);
        }
        apply(view, frame(3).addClosed(3));
        enter(4, 600, 601);
        List<Integer> seen = new ArrayList<>();
        view.forEach(slot -> seen.add(view.handle(slot)));
        assertThat(seen)
                .doesNotHaveDuplicates()
                .hasSize(252)
                .hasSize(view.size())
                .contains(1, 499, 600, 601);
    }

    @Test
    void theChecksumDependsOnWhatIsSeenAndNotOnHowItCame() {
        ZoneView other = new ZoneView();
        assertThat(other.checksum()).isZero();
        apply(other, frame(8).setWelcome(welcome(1, 2)).addOpened(4));
        apply(other, frame(8).addCells(cell(4).addEntered(entity(6, 1, 1, 1)).addEntered(entity(5, 4, 4, 4))));
        apply(other, frame(9).addCells(cell(4).addMoved(positions(group(5), -1, -2, -3))));

        apply(view, frame(2).addCells(cell(3).addEntered(entity(5, 3, 2, 1))));
        assertThat(view.checksum()).isNotEqualTo(other.checksum());
        apply(view, frame(3).addCells(cell(4).addEntered(entity(7, 1, 1, 1)).addEntered(entity(6, 1, 1, 1))));
        apply(view, frame(4).addCells(cell(4).addDeparted(departure(7))));
        assertThat(view.checksum())
                .isEqualTo(other.checksum())
                .isEqualTo(ZoneView.checksum(
                                id(5).getMostSignificantBits(),
                                id(5).getLeastSignificantBits(),
                                3,
                                2,
                                1,
                                Rotations.IDENTITY)
                        + ZoneView.checksum(
                                id(6).getMostSignificantBits(),
                                id(6).getLeastSignificantBits(),
                                1,
                                1,
                                1,
                                Rotations.IDENTITY));

        apply(view, frame(5).addCells(cell(3).addSettled(group(5).addRotations(1))));
        assertThat(view.checksum()).isNotEqualTo(other.checksum());
    }

    @Test
    void updatesAreCounted() {
        enter(3, 5, 6);
        apply(
                view,
                frame(3).addCells(cell(3).addMoved(positions(group(5, 6), 1, 1, 1, 1, 1, 1))
                        .addOwners(owner(5, 1))));
        assertThat(view.updates()).isEqualTo(5);
    }

    private void enter(int cell, int... handles) {
        CellUpdate.Builder update = cell(cell);
        for (int handle : handles) {
            update.addEntered(entity(handle, 100 * handle, 0, 1000 * handle));
        }
        apply(view, frame(2).addCells(update));
    }

    private void applyCell(ByteArrayOutputStream update) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(5, update.toByteArray());
        out.flush();
        view.apply(bytes.toByteArray(), 0, bytes.size());
    }

    private void assertPosition(int handle, int x, int y, int z) {
        int slot = view.slot(handle);
        assertThat(slot).as("slot of %d", handle).isNotNegative();
        assertThat(List.of(view.x(slot), view.y(slot), view.z(slot))).containsExactly(x, y, z);
    }

    private void assertGone(int handle) {
        assertThat(view.slot(handle)).isEqualTo(-1);
        assertThat(view.slot(id(handle)))
                .satisfiesAnyOf(slot -> assertThat(slot).isEqualTo(-1), slot -> assertThat(view.handle(slot))
                        .isNotEqualTo(handle));
    }

    private void assertMalformed(CellUpdate.Builder update) {
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> apply(view, frame(3).addCells(update)))
                .satisfies(e -> assertThat(e.code()).isEqualTo("MALFORMED_FRAME"));
    }
}
