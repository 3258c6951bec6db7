package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.AreaOfInterest;
import org.vsekai.nebula.api.entities.v1.AskDurability;
import org.vsekai.nebula.api.entities.v1.AuthorityChange;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Component;
import org.vsekai.nebula.api.entities.v1.ComponentUpdate;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.Join;
import org.vsekai.nebula.api.entities.v1.Movements;

class FrameReaderTest {
    private static final ByteString ID = ByteString.fromHex("0123456789abcdef0123456789abcdef");

    private static TestClient client() {
        TestSettings settings = new TestSettings();
        settings.cellsX = 2;
        settings.entities = 600;
        Zone zone = new Zone(settings.build(), new Random(1));
        return TestClient.join(zone, Role.PLAYER, 1);
    }

    private static TestClient receives(byte[] frame) {
        TestClient client = client();
        client.zone.receive(client.session(), frame, 0, frame.length, 100);
        assertThat(client.session().isAway()).isEqualTo(client.ended != null);
        client.zone.step(100);
        return client;
    }

    private static TestClient accepts(ClientFrame.Builder frame) {
        TestClient client = receives(frame.build().toByteArray());
        assertThat(client.ended).isNull();
        return client;
    }

    private static void refuses(byte[] frame) {
        assertThat(receives(frame).ended).isEqualTo(EndReason.INVALID_FRAME);
    }

    private static void refuses(ClientFrame.Builder frame) {
        refuses(frame.build().toByteArray());
    }

    private static ClientFrame.Builder everything() {
        return ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder()
                        .setRequest(300)
                        .setId(ID)
                        .setX(-5)
                        .setY(500)
                        .setZ(5)
                        .setRotation(0xE0080200)
                        .addComponents(Component.newBuilder().setNumber(3).setValue(ByteString.copyFromUtf8("full")))
                        .setPersistent(true))
                .addCreate(CreateEntity.newBuilder())
                .addMovements(Movements.newBuilder()
                        .addAllHandles(List.of(1, 1))
                        .addAllPositions(List.of(1, -2, 300, 4, 5, 6))
                        .addAllRotations(List.of(7, -8))
                        .addAllVelocities(List.of(1, 2, 3, -4, 5, 600)))
                .addComponents(
                        ComponentUpdate.newBuilder().setHandle(1).setNumber(3).setValue(ByteString.copyFromUtf8("low")))
                .addAllDelete(List.of(2, 300))
                .addAuthority(AuthorityChange.newBuilder()
                        .setKind(AuthorityChange.Kind.KIND_RELEASE)
                        .setHandle(1)
                        .setTo(4))
                .setInterest(AreaOfInterest.newBuilder()
                        .setX(-1)
                        .setZ(1)
                        .setRadius(15_000)
                        .setFollow(1))
                .setAcknowledge(1L << 40)
                .setAskDurability(AskDurability.newBuilder().setRequest(1).setLevel(AskDurability.Level.LEVEL_MEMORY));
    }

    @Test
    void doesAllThatAFrameSays() {
        TestClient client = accepts(everything());
        ReferenceView.Entity entity = client.seen(1);
        assertThat(List.of(entity.x, entity.y, entity.z)).containsExactly(1, -2, 300);
        assertThat(List.of(entity.velocityX, entity.velocityY, entity.velocityZ))
                .containsExactly(1, 2, 3);
        assertThat(entity.rotation).isEqualTo(7);
        assertThat(entity.owner).isZero();
        assertThat(entity.components).containsEntry(3, ByteString.copyFromUtf8("low"));
        assertThat(client.view.entities).containsOnlyKeys(1);
        assertThat(client.refused).hasSize(1);
        assertThat(client.session().acknowledged()).isEqualTo(1L << 40);
    }

    @Test
    void aFrameThatIsCutOffDoesNothingWorseThanEndTheSession() {
        byte[] frame = everything().build().toByteArray();
        int ended = 0;
        for (int length = 0; length < frame.length; length++) {
            TestClient client = receives(Arrays.copyOf(frame, length));
            assertThat(client.ended).isIn(null, EndReason.INVALID_FRAME);
            ended += client.ended == null ? 0 : 1;
        }
        assertThat(ended).isGreaterThan(frame.length / 2);
    }

    @Test
    void aFrameWithAWrongByteDoesNothingWorseThanEndTheSession() {
        byte[] frame = everything().build().toByteArray();
        for (int at = 0; at < frame.length; at++) {
            for (int flip : new int[] {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff}) {
                byte[] wrong = frame.clone();
                wrong[at] ^= (byte) flip;
                TestClient client = receives(wrong);
                assertThat(client.ended).isIn(null, EndReason.INVALID_FRAME);
                if (client.ended == null) {
                    // What is taken is a message to protobuf, too.
                    assertThat(parses(wrong))
                            .as("byte %d, flipped by %d", at, flip)
                            .isTrue();
                }
            }
        }
    }

    private static boolean parses(byte[] frame) {
        try {
            ClientFrame.parseFrom(frame);
            return true;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    @Test
    void onlyItsPartOfTheArrayIsRead() {
        byte[] frame = everything().build().toByteArray();
        byte[] array = new byte[frame.length + 20];
        Arrays.fill(array, (byte) -1);
        System.arraycopy(frame, 0, array, 10, frame.length);
        TestClient client = client();
        client.zone.receive(client.session(), array, 10, frame.length, 100);
        assertThat(client.ended).isNull();
        assertThat(client.zone.entities()).isEqualTo(1);
    }

    @Test
    void listsThatAreNotPackedAreTaken() throws IOException {
        ByteArrayOutputStream movements = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(movements);
        out.writeUInt32(1, 1);
        for (int i = 1; i <= 3; i++) {
            out.writeSInt32(2, -i);
            out.writeSInt32(4, i);
        }
        out.writeFixed32(3, 9);
        out.flush();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        out = CodedOutputStream.newInstance(frame);
        out.writeMessage(2, CreateEntity.getDefaultInstance());
        out.writeMessage(2, CreateEntity.getDefaultInstance());
        out.writeMessage(7, AreaOfInterest.newBuilder().setRadius(1_000).build());
        out.writeByteArray(3, movements.toByteArray());
        out.writeUInt32(5, 2);
        out.writeUInt32(5, 300);
        out.flush();

        TestClient client = receives(frame.toByteArray());

        assertThat(client.ended).isNull();
        ReferenceView.Entity entity = client.seen(1);
        assertThat(List.of(entity.x, entity.y, entity.z)).containsExactly(-1, -2, -3);
        assertThat(List.of(entity.velocityX, entity.velocityY, entity.velocityZ))
                .containsExactly(1, 2, 3);
        assertThat(entity.rotation).isEqualTo(9);
        assertThat(client.view.entities).containsOnlyKeys(1);
        assertThat(client.refused).hasSize(1);
    }

    @Test
    void fieldsThatAreUnknownArePassedOver() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(
                        999,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(-1)
                                .addFixed32(1)
                                .addFixed64(2)
                                .addLengthDelimited(ByteString.copyFromUtf8("later"))
                                .build())
                .build();
        TestClient client = accepts(ClientFrame.newBuilder()
                .setUnknownFields(unknown)
                .addCreate(CreateEntity.newBuilder()
                        .setUnknownFields(unknown)
                        .addComponents(Component.newBuilder().setNumber(3).setUnknownFields(unknown)))
                .addMovements(Movements.newBuilder().addHandles(1).setUnknownFields(unknown))
                .addComponents(
                        ComponentUpdate.newBuilder().setHandle(1).setNumber(3).setUnknownFields(unknown))
                .addAuthority(AuthorityChange.newBuilder()
                        .setKindValue(1)
                        .setHandle(1)
                        .setUnknownFields(unknown))
                .setInterest(AreaOfInterest.newBuilder().setRadius(1_000).setUnknownFields(unknown))
                .setAskDurability(AskDurability.newBuilder().setLevelValue(1).setUnknownFields(unknown)));
        assertThat(client.refused).isEmpty();
        assertThat(client.view.entities).containsOnlyKeys(1);
    }

    @Test
    void aFrameHasItsLimits() {
        byte[] largest = new byte[FrameReader.LARGEST_FRAME + 1];
        // An unknown field of as many bytes as it takes.
        ClientFrame.Builder padded = ClientFrame.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                100,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFrom(largest, 0, largest.length - 6))
                                        .build())
                        .build());
        assertThat(padded.build().getSerializedSize()).isEqualTo(FrameReader.LARGEST_FRAME);
        accepts(padded);
        refuses(padded.setAcknowledge(1));

        accepts(ClientFrame.newBuilder().addAllCreate(Collections.nCopies(256, CreateEntity.getDefaultInstance())));
        refuses(ClientFrame.newBuilder().addAllCreate(Collections.nCopies(257, CreateEntity.getDefaultInstance())));
        accepts(ClientFrame.newBuilder()
                .addAllComponents(Collections.nCopies(256, ComponentUpdate.getDefaultInstance())));
        refuses(ClientFrame.newBuilder()
                .addAllComponents(Collections.nCopies(257, ComponentUpdate.getDefaultInstance())));
        accepts(ClientFrame.newBuilder().addAllDelete(Collections.nCopies(256, 1)));
        refuses(ClientFrame.newBuilder().addAllDelete(Collections.nCopies(257, 1)));
        AuthorityChange change = AuthorityChange.newBuilder().setKindValue(1).build();
        accepts(ClientFrame.newBuilder().addAllAuthority(Collections.nCopies(64, change)));
        refuses(ClientFrame.newBuilder().addAllAuthority(Collections.nCopies(65, change)));
        Movements half = Movements.newBuilder()
                .addAllHandles(Collections.nCopies(1_024, 1))
                .build();
        accepts(ClientFrame.newBuilder().addMovements(half).addMovements(half));
        refuses(ClientFrame.newBuilder()
                .addMovements(half)
                .addMovements(half)
                .addMovements(Movements.newBuilder().addHandles(1)));
        refuses(ClientFrame.newBuilder()
                .addMovements(Movements.newBuilder().addAllHandles(Collections.nCopies(2_049, 1))));
        Component component = Component.newBuilder().setNumber(3).build();
        accepts(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder().addAllComponents(Collections.nCopies(32, component))));
        refuses(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder().addAllComponents(Collections.nCopies(33, component))));
    }

    @Test
    void columnsAreAsLongAsTheirHandles() {
        Movements.Builder two = Movements.newBuilder().addHandles(1).addHandles(1);
        accepts(ClientFrame.newBuilder().addMovements(two));
        accepts(ClientFrame.newBuilder().addMovements(Movements.newBuilder()));
        for (int count : new int[] {1, 3, 5, 7}) {
            refuses(ClientFrame.newBuilder().addMovements(two.clone().addAllPositions(Collections.nCopies(count, 1))));
            refuses(ClientFrame.newBuilder().addMovements(two.clone().addAllRotations(Collections.nCopies(count, 1))));
            refuses(ClientFrame.newBuilder().addMovements(two.clone().addAllVelocities(Collections.nCopies(count, 1))));
        }
        refuses(ClientFrame.newBuilder().addMovements(Movements.newBuilder().addPositions(1)));
        refuses(ClientFrame.newBuilder()
                .addMovements(Movements.newBuilder().addAllPositions(Collections.nCopies(6_145, 1))));
    }

    @Test
    void whatIsNoFrameIsRefused() {
        refuses(ClientFrame.newBuilder().setJoin(Join.getDefaultInstance()));
        refuses(ClientFrame.newBuilder().addAuthority(AuthorityChange.getDefaultInstance()));
        refuses(ClientFrame.newBuilder()
                .addAuthority(AuthorityChange.newBuilder().setKindValue(3)));
        refuses(ClientFrame.newBuilder().addCreate(CreateEntity.newBuilder().setId(ByteString.copyFrom(new byte[15]))));
        refuses(new byte[] {0});
        // A list whose last number reaches beyond it.
        refuses(new byte[] {5 << 3 | 2, 1, (byte) 0x80, 1});
    }

    @Test
    void aNumberThatIsTooLongForItsFieldLosesItsUpperBits() throws IOException {
        ByteArrayOutputStream interest = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(interest);
        out.writeUInt64(3, (7L << 32) + 1_000);
        out.flush();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        out = CodedOutputStream.newInstance(frame);
        out.writeByteArray(7, interest.toByteArray());
        out.flush();
        assertThat(receives(frame.toByteArray()).session().radius).isEqualTo(1_000);
    }
}
