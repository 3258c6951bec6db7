package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.AreaOfInterest;
import org.vsekai.nebula.api.entities.v1.AskDurability;
import org.vsekai.nebula.api.entities.v1.AuthorityChange;
import org.vsekai.nebula.api.entities.v1.AuthorityNotice;
import org.vsekai.nebula.api.entities.v1.CellUpdate;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Component;
import org.vsekai.nebula.api.entities.v1.ComponentUpdate;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.Refused;
import org.vsekai.nebula.api.entities.v1.ServerFrame;

/** What a zone does for its sessions, one behaviour at a time. */
class ZoneTest {
    private static final int RESUME = 100;
    private static final long SEED = 42;

    private final TestSettings settings = new TestSettings();
    private int requests;
    private long tokens;

    private Zone zone() {
        return new Zone(settings.build(), new Random(SEED));
    }

    private TestClient player(Zone zone) {
        return TestClient.join(zone, Role.PLAYER, ++tokens);
    }

    private static void steps(Zone zone, int count) {
        for (int i = 0; i < count; i++) {
            zone.step(RESUME);
        }
    }

    private int create(TestClient client, int x, boolean persistent) {
        int request = ++requests;
        client.send(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder().setRequest(request).setX(x).setPersistent(persistent)));
        client.zone.step(RESUME);
        Integer handle = client.created.get(request);
        if (handle == null) {
            throw new AssertionError("not created: " + client.refused);
        }
        return handle;
    }

    /** Handles of so many at one place, in their order. */
    private List<Integer> createMany(TestClient client, int count, int x) {
        int first = requests + 1;
        while (requests < first + count - 1) {
            ClientFrame.Builder frame = ClientFrame.newBuilder();
            for (int i = 0; i < FrameReader.MOST_CREATED && requests < first + count - 1; i++) {
                frame.addCreate(CreateEntity.newBuilder().setRequest(++requests).setX(x));
            }
            client.send(frame);
            if (requests % 4_096 == 0) {
                client.zone.step(RESUME);
            }
        }
        client.zone.step(RESUME);
        List<Integer> handles = new ArrayList<>();
        for (int request = first; request <= requests; request++) {
            handles.add(client.created.get(request));
        }
        return handles;
    }

    private static void moveAll(TestClient client, List<Integer> handles, int x, int y) {
        for (int first = 0; first < handles.size(); first += FrameReader.MOST_MOVED) {
            Movements.Builder moves = Movements.newBuilder();
            int before = 0;
            for (int handle : handles.subList(first, Math.min(handles.size(), first + FrameReader.MOST_MOVED))) {
                moves.addHandles(handle - before)
                        .addPositions(x)
                        .addPositions(y)
                        .addPositions(0);
                before = handle;
            }
            client.send(ClientFrame.newBuilder().addMovements(moves));
        }
    }

    /** What the client sees is what is in its cells, and where it is. */
    private static void assertExact(TestClient client) {
        EntityTable table = client.zone.table();
        Map<Integer, List<Integer>> wanted = new HashMap<>();
        for (int slot = 1; slot < table.reach(); slot++) {
            if (table.exists(slot) && client.session().sees(table.cell[slot])) {
                wanted.put(
                        slot,
                        List.of(table.cell[slot], table.owner[slot], table.x[slot], table.y[slot], table.z[slot]));
            }
        }
        Map<Integer, List<Integer>> seen = new HashMap<>();
        client.view.entities.forEach(
                (slot, entity) -> seen.put(slot, List.of(entity.cell, entity.owner, entity.x, entity.y, entity.z)));
        assertThat(seen).isEqualTo(wanted);
    }

    private static List<CellUpdate> updates(TestClient client) {
        return client.frames.stream()
                .flatMap(frame -> frame.getCellsList().stream())
                .toList();
    }

    private static List<Refused.Reason> reasons(TestClient client) {
        return client.refused.stream().map(Refused::getReason).toList();
    }

    private static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip());
    }

    @Test
    void welcomeSaysWhatTheZoneIs() {
        Zone zone = zone();
        TestClient client = player(zone);

        zone.step(RESUME);

        assertThat(client.welcome).isNotNull();
        assertThat(client.welcome.getSession()).isEqualTo(client.session().number());
        assertThat(client.welcome.getZone()).isEqualTo("z");
        assertThat(client.welcome.getEpoch()).isEqualTo(7);
        assertThat(client.welcome.getResumeToken()).isEqualTo(bytes(new UUID(tokens, tokens)));
        assertThat(client.welcome.getTicksPerSecond()).isEqualTo(20);
        assertThat(client.welcome.getCellSize()).isEqualTo(10_000);
        assertThat(client.welcome.getCellsX()).isEqualTo(16);
        assertThat(client.welcome.getCellsZ()).isEqualTo(1);
        assertThat(client.welcome.getLargestRadius()).isEqualTo(200_000);
        assertThat(client.welcome.getComponents(0).getName()).isEqualTo("health");
        assertThat(client.welcome.getOwnedList()).isEmpty();
    }

    @Test
    void whoCreatesIsToldTheHandleAndTheIdThatTheZoneGave() {
        Zone zone = zone();
        TestClient client = player(zone);
        client.watch(5_000, 0, 1_000);

        client.send(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder()
                        .setRequest(9)
                        .setX(1)
                        .setY(-2)
                        .setZ(3)
                        .setRotation(0xE0080200)
                        .addComponents(Component.newBuilder().setNumber(3).setValue(ByteString.copyFromUtf8("full")))));
        zone.step(RESUME);

        ReferenceView.Entity entity = client.seen(client.created.get(9));
        ByteBuffer id = client.frames.getLast().getCreated(0).getId().asReadOnlyByteBuffer();
        assertThat(entity.id).isEqualTo(new UUID(id.getLong(), id.getLong()));
        assertThat(entity.id.version()).isEqualTo(4);
        assertThat(entity.id.variant()).isEqualTo(2);
        assertThat(List.of(entity.x, entity.y, entity.z)).containsExactly(1, -2, 3);
        assertThat(entity.rotation).isEqualTo(0xE0080200);
        assertThat(entity.owner).isEqualTo(client.session().number());
        assertThat(entity.components).containsEntry(3, ByteString.copyFromUtf8("full"));
        EntityInfo info = zone.entitiesAfter(0, 10).getFirst();
        assertThat(info.components())
                .containsExactly(Map.entry(3, ByteString.copyFromUtf8("full").asReadOnlyByteBuffer()));
        assertThat(info.id()).isEqualTo(entity.id);
    }

    @Test
    void anIdThatIsGivenIsKeptAndTakenOnce() {
        Zone zone = zone();
        TestClient client = player(zone);
        UUID id = new UUID(0x1234, 0x5678);
        client.watch(5_000, 0, 1_000);

        client.send(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder().setRequest(1).setId(bytes(id)))
                .addCreate(CreateEntity.newBuilder().setRequest(2).setId(bytes(id))));
        zone.step(RESUME);

        assertThat(client.seen(client.created.get(1)).id).isEqualTo(id);
        assertThat(client.refused)
                .containsExactly(Refused.newBuilder()
                        .setReason(Refused.Reason.REASON_ID_TAKEN)
                        .setRequest(2)
                        .build());
        client.delete(client.created.get(1));
        client.send(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder().setRequest(3).setId(bytes(id))));
        zone.step(RESUME);
        assertThat(client.created).containsKey(3);
        assertExact(client);
    }

    @Test
    void aFullZoneRefusesAndTheRestOfTheFrameIsDone() {
        settings.entities = 2;
        Zone zone = zone();
        TestClient client = player(zone);

        client.send(ClientFrame.newBuilder()
                .addCreate(CreateEntity.newBuilder().setRequest(1))
                .addCreate(CreateEntity.newBuilder().setRequest(2))
                .addCreate(CreateEntity.newBuilder().setRequest(3))
                .setAcknowledge(77));
        zone.step(RESUME);

        assertThat(client.created).containsOnlyKeys(1, 2);
        assertThat(reasons(client)).containsExactly(Refused.Reason.REASON_ZONE_FULL);
        assertThat(client.session().acknowledged()).isEqualTo(77);
        assertThat(zone.entities()).isEqualTo(2);
    }

    @Test
    void onlyTheOwnerChangesAnEntity() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient other = player(zone);
        int handle = create(owner, 5_000, false);

        other.move(handle, 1, 2, 3);
        other.delete(handle);
        other.send(ClientFrame.newBuilder()
                .addComponents(ComponentUpdate.newBuilder().setHandle(handle).setNumber(3)));
        other.authority(
                AuthorityChange.Kind.KIND_RELEASE, handle, other.session().number());
        zone.step(RESUME);

        assertThat(reasons(other)).hasSize(4).containsOnly(Refused.Reason.REASON_NOT_OWNER);
        assertThat(zone.entitiesAfter(0, 10).getFirst().x()).isEqualTo(5_000);
        assertThat(zone.entitiesAfter(0, 10).getFirst().owner())
                .isEqualTo(owner.session().number());
    }

    @Test
    void anObserverChangesNothing() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient observer = TestClient.join(zone, Role.OBSERVER, ++tokens);
        int handle = create(owner, 5_000, false);

        observer.send(
                ClientFrame.newBuilder().addCreate(CreateEntity.newBuilder().setRequest(5)));
        observer.move(handle, 1, 2, 3);
        observer.delete(handle);
        observer.authority(AuthorityChange.Kind.KIND_REQUEST, handle, 0);
        zone.step(RESUME);

        assertThat(reasons(observer)).hasSize(4).containsOnly(Refused.Reason.REASON_READ_ONLY);
        assertThat(observer.refused.getFirst().getRequest()).isEqualTo(5);
        assertThat(zone.entities()).isEqualTo(1);
    }

    @Test
    void whatIsNotThereIsRefused() {
        Zone zone = zone();
        TestClient client = player(zone);
        int handle = create(client, 5_000, false);

        client.move(999, 1, 2, 3);
        client.move(-1, 1, 2, 3);
        client.move(0, 1, 2, 3);
        client.delete(999);
        client.authority(AuthorityChange.Kind.KIND_REQUEST, 999, 0);
        client.authority(AuthorityChange.Kind.KIND_RELEASE, 999, 0);
        zone.step(RESUME);
        assertThat(reasons(client)).hasSize(6).containsOnly(Refused.Reason.REASON_NO_SUCH_ENTITY);

        client.refused.clear();
        client.send(ClientFrame.newBuilder()
                .addComponents(ComponentUpdate.newBuilder().setHandle(handle).setNumber(4))
                .addComponents(ComponentUpdate.newBuilder().setHandle(handle).setNumber(-1))
                .addComponents(ComponentUpdate.newBuilder()
                        .setHandle(handle)
                        .setNumber(3)
                        .setValue(ByteString.copyFrom(new byte[9]))));
        zone.step(RESUME);
        assertThat(reasons(client))
                .containsExactly(
                        Refused.Reason.REASON_NO_SUCH_COMPONENT,
                        Refused.Reason.REASON_NO_SUCH_COMPONENT,
                        Refused.Reason.REASON_TOO_LARGE);
    }

    @Test
    void whatNobodyOwnsIsGrantedAtOnce() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient other = player(zone);
        int handle = create(owner, 5_000, true);
        owner.authority(AuthorityChange.Kind.KIND_RELEASE, handle, 0);
        other.authority(AuthorityChange.Kind.KIND_REQUEST, handle, 0);
        zone.step(RESUME);

        assertThat(owner.notices).containsExactly(notice(AuthorityNotice.Kind.KIND_TAKEN, handle, 0));
        assertThat(other.notices)
                .containsExactly(notice(
                        AuthorityNotice.Kind.KIND_GRANTED,
                        handle,
                        other.session().number()));
        assertThat(zone.table().owner[handle]).isEqualTo(other.session().number());
    }

    @Test
    void theOwnerIsAskedAndMayHandOver() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient other = player(zone);
        int handle = create(owner, 5_000, true);
        other.watch(5_000, 0, 1_000);
        int asker = other.session().number();

        other.authority(AuthorityChange.Kind.KIND_REQUEST, handle, 0);
        zone.step(RESUME);
        assertThat(owner.notices).containsExactly(notice(AuthorityNotice.Kind.KIND_ASKED, handle, asker));
        assertThat(zone.table().owner[handle]).isEqualTo(owner.session().number());

        owner.authority(AuthorityChange.Kind.KIND_RELEASE, handle, asker);
        zone.step(RESUME);
        assertThat(owner.notices.getLast()).isEqualTo(notice(AuthorityNotice.Kind.KIND_TAKEN, handle, asker));
        assertThat(other.notices).containsExactly(notice(AuthorityNotice.Kind.KIND_GRANTED, handle, asker));
        assertThat(other.seen(handle).owner).isEqualTo(asker);
    }

    @Test
    void aGameServerTakes() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient server = TestClient.join(zone, Role.SERVER, ++tokens);
        int handle = create(owner, 5_000, true);
        int other = create(owner, 5_000, true);
        int number = server.session().number();

        server.authority(AuthorityChange.Kind.KIND_REQUEST, handle, 0);
        server.delete(other);
        zone.step(RESUME);

        assertThat(owner.notices).containsExactly(notice(AuthorityNotice.Kind.KIND_TAKEN, handle, number));
        assertThat(server.notices).containsExactly(notice(AuthorityNotice.Kind.KIND_GRANTED, handle, number));
        assertThat(zone.table().owner[handle]).isEqualTo(number);
        assertThat(zone.table().exists(other)).isFalse();
    }

    @Test
    void whatIsReleasedToAnObserverOrAStrangerIsNobodys() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient observer = TestClient.join(zone, Role.OBSERVER, ++tokens);
        int first = create(owner, 5_000, true);
        int second = create(owner, 5_000, true);

        owner.authority(
                AuthorityChange.Kind.KIND_RELEASE, first, observer.session().number());
        owner.authority(AuthorityChange.Kind.KIND_RELEASE, second, 4_711);
        zone.step(RESUME);

        assertThat(owner.notices)
                .containsExactly(
                        notice(AuthorityNotice.Kind.KIND_TAKEN, first, 0),
                        notice(AuthorityNotice.Kind.KIND_TAKEN, second, 0));
        assertThat(observer.notices).isEmpty();
        assertThat(zone.table().owner[first]).isZero();
        assertThat(zone.table().owner[second]).isZero();
    }

    private static AuthorityNotice notice(AuthorityNotice.Kind kind, int handle, int session) {
        return AuthorityNotice.newBuilder()
                .setKind(kind)
                .setHandle(handle)
                .setSession(session)
                .build();
    }

    @Test
    void whoeverLeavesTakesWhatDoesNotPersist() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient other = player(zone);
        other.watch(5_000, 0, 1_000);
        int gone = create(owner, 5_000, false);
        int kept = create(owner, 5_000, true);

        zone.leave(owner.session());
        zone.step(RESUME);

        assertThat(other.view.entities).containsOnlyKeys(kept).doesNotContainKey(gone);
        assertThat(other.seen(kept).owner).isZero();
        assertThat(zone.sessions()).containsExactly(other.session());
        assertExact(other);
    }

    @Test
    void whoeverResumesHasItsNumberAndItsEntitiesAndSeesAnew() {
        Zone zone = zone();
        TestClient before = player(zone);
        before.watch(5_000, 0, 1_000);
        int first = create(before, 5_000, false);
        int second = create(before, 5_000, true);
        zone.disconnect(before.session(), RESUME);
        assertThat(before.session().isAway()).isTrue();
        assertThat(zone.knows(new SessionToken(tokens, tokens), Role.PLAYER)).isTrue();
        assertThat(zone.knows(new SessionToken(tokens, tokens), Role.SERVER)).isFalse();
        steps(zone, RESUME - 1);

        TestClient after = TestClient.resume(zone, Role.PLAYER, tokens + 1, tokens);
        after.watch(5_000, 0, 1_000);
        zone.step(RESUME);

        assertThat(after.session().number()).isEqualTo(before.session().number());
        assertThat(after.welcome).isNotNull();
        assertThat(after.welcome.getOwnedList()).containsExactlyInAnyOrder(first, second);
        assertThat(after.view.entities).containsOnlyKeys(first, second);
        assertThat(zone.knows(new SessionToken(tokens, tokens), Role.PLAYER)).isFalse();
        after.move(first, 6_000, 0, 0);
        zone.step(RESUME);
        assertThat(after.refused).isEmpty();
        assertExact(after);
    }

    @Test
    void whoeverOwnsVeryManyEntitiesMayResume() {
        settings.entities = 100_000;
        Zone zone = zone();
        TestClient before = player(zone);
        createMany(before, 100_000, 5_000);

        TestClient after = TestClient.resume(zone, Role.PLAYER, tokens + 1, tokens);
        zone.step(RESUME);

        assertThat(after.ended).isNull();
        assertThat(after.welcome).isNotNull();
        assertThat(after.welcome.getOwnedCount()).isEqualTo(100_000);
    }

    @Test
    void whoeverIsToldTooMuchBesideCellsIsEnded() {
        Zone zone = zone();
        TestClient client = player(zone);
        for (int i = 0; i < 200; i++) {
            ClientFrame.Builder frame = ClientFrame.newBuilder();
            for (int handle = 0; handle < FrameReader.MOST_DELETED; handle++) {
                frame.addDelete(9_999);
            }
            client.send(frame);
        }
        zone.step(RESUME);
        assertThat(client.ended).isEqualTo(EndReason.TOO_SLOW);
    }

    @Test
    void aClientWhoseSessionWasTakenOverIsEndedAndHeardNoMore() {
        Zone zone = zone();
        TestClient before = player(zone);
        int handle = create(before, 5_000, false);
        TestClient after = TestClient.resume(zone, Role.PLAYER, tokens + 1, tokens);

        assertThat(before.ended).isEqualTo(EndReason.LEFT);
        before.move(handle, 1_000, 0, 0);
        before.send(ClientFrame.newBuilder().addCreate(CreateEntity.newBuilder()));
        zone.disconnect(before.session(), RESUME);
        zone.leave(before.session());
        zone.step(RESUME);

        assertThat(before.session().isAway()).isTrue();
        assertThat(zone.entitiesAfter(0, 10)).hasSize(1);
        assertThat(zone.table().x[handle]).isEqualTo(5_000);
        zone.leave(after.session());
        assertThat(zone.entities()).isZero();
    }

    @Test
    void whoeverDoesNotComeBackInTimeHasLeft() {
        Zone zone = zone();
        TestClient away = player(zone);
        TestClient other = player(zone);
        other.watch(5_000, 0, 1_000);
        int gone = create(away, 5_000, false);
        int kept = create(away, 5_000, true);
        zone.disconnect(away.session(), RESUME);
        steps(zone, RESUME);
        assertThat(other.view.entities).containsOnlyKeys(gone, kept);

        steps(zone, 2);

        assertThat(zone.knows(new SessionToken(tokens - 1, tokens - 1), Role.PLAYER))
                .isFalse();
        assertThat(other.view.entities).containsOnlyKeys(kept);
        assertExact(other);
    }

    @Test
    void nothingIsKeptForAClientThatIsAway() {
        Zone zone = zone();
        TestClient away = player(zone);
        TestClient other = player(zone);
        int handle = create(away, 5_000, true);
        zone.disconnect(away.session(), RESUME);

        for (int i = 0; i < 50; i++) {
            other.authority(AuthorityChange.Kind.KIND_REQUEST, handle, 0);
        }

        assertThat(away.session().pending.size()).isZero();
    }

    @Test
    void anEntityThatCrossesIsNeverMissingToWhoeverSeesBothCells() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient other = player(zone);
        other.watch(5_000, 0, 170_000);
        int handle = create(owner, 0, false);
        steps(zone, 4);
        int changes = 0;
        int cell = other.seen(handle).cell;
        for (int x = 0; x < 160_000; x += 700) {
            owner.move(handle, x, 0, 0);
            zone.step(RESUME);
            if (other.seen(handle).cell != cell) {
                cell = other.seen(handle).cell;
                changes++;
            }
        }
        assertThat(changes).isEqualTo(15);
        steps(zone, 4);
        assertExact(other);
    }

    @Test
    void anEntityThatCrossesLeavesOneViewAndComesIntoTheOther() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient seesOld = player(zone);
        TestClient seesNew = player(zone);
        seesOld.watch(5_000, 0, 1_000);
        seesNew.watch(15_000, 0, 1_000);
        int handle = create(owner, 9_000, false);
        assertThat(seesOld.view.entities).containsOnlyKeys(handle);
        assertThat(seesNew.view.entities).isEmpty();

        // Not yet: it trembles on the border.
        owner.move(handle, 10_100, 0, 0);
        zone.step(RESUME);
        assertThat(seesOld.seen(handle).x).isEqualTo(10_100);

        owner.move(handle, 11_000, 0, 0);
        zone.step(RESUME);
        assertThat(seesOld.view.entities).isEmpty();
        assertThat(seesNew.seen(handle).x).isEqualTo(11_000);
        assertThat(updates(seesOld).getLast().getDeparted(0).getTo()).isEqualTo(2);
    }

    @Test
    void aHandleRests() {
        settings.entities = 1;
        Zone zone = zone();
        TestClient client = player(zone);
        int handle = create(client, 5_000, false);
        client.delete(handle);
        for (int i = 0; i <= EntityTable.REST_TICKS; i++) {
            client.send(ClientFrame.newBuilder().addCreate(CreateEntity.newBuilder()));
            zone.step(RESUME);
        }
        assertThat(reasons(client)).hasSize(EntityTable.REST_TICKS + 1).containsOnly(Refused.Reason.REASON_ZONE_FULL);

        assertThat(create(client, 5_000, false)).isEqualTo(handle);
    }

    @Test
    void aCellWhoseDeparturesAreForgottenAfterTheirTimeIsToldAnew() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient slow = player(zone);
        slow.watch(5_000, 0, 1_000);
        List<Integer> handles = createMany(owner, 200, 5_000);
        slow.ready = () -> false;
        for (int i = 0; i < 150; i++) {
            owner.move(handles.get(i), 15_000, 0, 0);
            zone.step(RESUME);
        }
        assertThat(slow.view.entities).hasSize(200);

        slow.ready = () -> true;
        zone.step(RESUME);

        assertThat(updates(slow)).anyMatch(update -> update.getReset() && update.getEnteredCount() == 50);
        assertThat(slow.view.entities).hasSize(50);
        assertExact(slow);
    }

    @Test
    void aCellThatTooManyLeftIsToldAnew() {
        settings.entities = 6_000;
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient slow = player(zone);
        slow.watch(5_000, 0, 1_000);
        List<Integer> handles = createMany(owner, 5_000, 5_000);
        slow.ready = () -> false;
        zone.step(RESUME);
        moveAll(owner, handles.subList(0, 4_500), 15_000, 0);
        zone.step(RESUME);
        assertThat(slow.view.entities).hasSize(5_000);

        slow.ready = () -> true;
        zone.step(RESUME);

        assertThat(slow.view.entities).hasSize(500);
        assertExact(slow);
    }

    @Test
    void aCellThatASmallBudgetLeftBehindIsToldAnew() {
        settings.ticksPerSecond = 60;
        settings.bytesPerSecond = 1_024;
        Zone zone = zone();
        TestClient owner = player(zone);
        List<Integer> handles = createMany(owner, 900, 5_000);
        TestClient poor = player(zone);
        poor.watch(5_000, 0, 1_000);
        zone.step(RESUME);
        assertThat(poor.view.entities).hasSize(900);
        for (int i = 0; i < 200; i++) {
            owner.move(handles.get(i), 15_000, 0, 0);
            zone.step(RESUME);
        }
        assertThat(poor.view.entities).hasSize(900);

        steps(zone, 600);

        assertThat(updates(poor)).anyMatch(update -> update.getReset() && update.getEnteredCount() == 700);
        assertExact(poor);
    }

    @Test
    void anEntityThatPassedThroughACellBeforeItWasToldIsNotLeftThere() {
        settings.ticksPerSecond = 60;
        settings.bytesPerSecond = 1_024;
        Zone zone = zone();
        TestClient owner = player(zone);
        List<Integer> handles = createMany(owner, 300, 5_000);
        TestClient poor = player(zone);
        poor.watch(5_000, 0, 1_000);
        steps(zone, 600);
        assertExact(poor);

        // The cell that it left takes the whole budget, and the one that it came into is opened but not told of.
        poor.watch(10_000, 0, 2_000);
        moveAll(owner, handles, 5_000, 1);
        int handle = handles.getFirst();
        owner.move(handle, 15_000, 0, 0);
        zone.step(RESUME);
        assertThat(poor.view.open).containsExactlyInAnyOrder(0, 1);
        assertThat(poor.session().told(1)).isZero();
        owner.delete(handle);
        steps(zone, 600);

        assertThat(poor.session().told(1)).isPositive();
        assertExact(poor);
    }

    @Test
    void whoeverIsNotReadyIsToldTheNewestLater() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient slow = player(zone);
        slow.watch(5_000, 0, 1_000);
        int handle = create(owner, 5_000, false);
        steps(zone, 2);
        slow.frames.clear();
        slow.ready = () -> false;
        for (int i = 1; i <= 5; i++) {
            owner.move(handle, 5_000, i, 0);
            zone.step(RESUME);
        }
        assertThat(slow.frames).isEmpty();
        assertThat(zone.statistics().skippedFrames()).isEqualTo(5);

        slow.ready = () -> true;
        zone.step(RESUME);

        assertThat(slow.frames).hasSize(1);
        assertThat(updates(slow)).hasSize(1);
        assertThat(updates(slow).getFirst().getSettled(0).getPositionsList()).containsExactly(5_000, 5, 0);
        assertExact(slow);
    }

    @Test
    void strainRisesWhileAClientReadsSlowlyAndFallsAgain() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient slow = player(zone);
        slow.watch(5_000, 0, 1_000);
        int handle = create(owner, 5_000, false);
        slow.ready = () -> false;
        steps(zone, 14);
        assertThat(slow.session().strain()).isEqualTo(1);
        steps(zone, 14);
        assertThat(slow.session().strain()).isEqualTo(2);
        steps(zone, 28);
        assertThat(slow.session().strain()).isEqualTo(Zone.MOST_STRAIN);

        slow.ready = () -> true;
        steps(zone, 4);
        slow.frames.clear();
        for (int i = 1; i <= 16; i++) {
            owner.move(handle, 5_000, i, 0);
            zone.step(RESUME);
        }
        assertThat(slow.frames).hasSize(4);
        steps(zone, 101);
        assertThat(slow.session().strain()).isEqualTo(1);
        steps(zone, 101);
        assertThat(slow.session().strain()).isZero();
        assertExact(slow);
    }

    @Test
    void whoeverReadsNothingForTenSecondsIsEnded() {
        Zone zone = zone();
        TestClient slow = player(zone);
        zone.step(RESUME);
        slow.ready = () -> false;
        steps(zone, 200);
        assertThat(slow.ended).isNull();

        zone.step(RESUME);

        assertThat(slow.ended).isEqualTo(EndReason.TOO_SLOW);
        assertThat(slow.session().isAway()).isTrue();
        assertThat(zone.statistics().droppedSlow()).isEqualTo(1);
        steps(zone, RESUME + 1);
        assertThat(zone.sessions()).isEmpty();
    }

    @Test
    void whoeverSendsTooMuchIsEnded() {
        settings.updatesPerSecond = 10;
        Zone zone = zone();
        TestClient fast = player(zone);
        int handle = create(fast, 5_000, true);
        while (fast.ended == null) {
            fast.move(handle, 5_000, zone.table().y[handle] + 1, 0);
        }

        assertThat(fast.ended).isEqualTo(EndReason.TOO_FAST);
        assertThat(zone.table().y[handle]).isBetween(9, 10);
        assertThat(zone.statistics().droppedFast()).isEqualTo(1);
        zone.step(RESUME);
        assertThat(zone.table().owner[handle]).isEqualTo(fast.session().number());
    }

    @Test
    void whoeverSendsAsMuchAsItMayIsNotEnded() {
        // Does not divide by the ticks: what a second gives must not be rounded to what a tick gives.
        settings.updatesPerSecond = 39;
        Zone zone = zone();
        TestClient client = player(zone);
        List<Integer> handles = createMany(client, 30, 5_000);
        steps(zone, 40);
        for (int second = 0; second < 60; second++) {
            moveAll(client, handles, 5_000, second);
            client.send(ClientFrame.newBuilder().addDelete(999).addDelete(999).addDelete(999));
            steps(zone, 20);
        }
        assertThat(client.ended).isNull();
    }

    @Test
    void aSmallBudgetStarvesNothingAndServesWhatIsNearFirst() {
        settings.bytesPerSecond = 20_000;
        Zone zone = zone();
        TestClient owner = player(zone);
        List<List<Integer>> cells = new ArrayList<>();
        for (int cell = 0; cell < 16; cell++) {
            cells.add(createMany(owner, 60, cell * 10_000 + 5_000));
        }
        TestClient poor = player(zone);
        poor.watch(0, 0, 150_000);
        int[] last = new int[16];
        int[] tellings = new int[16];
        int longest = 0;
        for (int i = 0; i < 600; i++) {
            for (int cell = 0; cell < 16; cell++) {
                moveAll(owner, cells.get(cell), cell * 10_000 + 5_000, i);
            }
            zone.step(RESUME);
            for (int cell = 0; cell < 16; cell++) {
                int told = poor.session().told(cell);
                if (i >= 200 && told != last[cell]) {
                    tellings[cell]++;
                }
                last[cell] = told;
                if (i >= 200) {
                    longest = Math.max(longest, zone.tick() - 1 - told);
                }
            }
        }
        assertThat(zone.statistics().deferredCells()).isPositive();
        assertThat(longest).isLessThan(60);
        assertThat(tellings[0]).isGreaterThan(tellings[15] * 2);
        assertThat(tellings[0]).isGreaterThan(tellings[9]);
        assertThat(tellings[9]).isGreaterThan(tellings[15]);
        long sent = poor.frames.stream()
                .filter(frame -> frame.getTick() > 240)
                .mapToLong(ServerFrame::getSerializedSize)
                .sum();
        assertThat(sent / ((zone.tick() - 240) / 20)).isLessThan(21_000);
    }

    @Test
    void whatIsNearIsToldInEachTickAndWhatIsFarInEachFourthAsDifferences() {
        Zone zone = zone();
        TestClient owner = player(zone);
        List<Integer> handles = new ArrayList<>();
        for (int cell = 0; cell < 16; cell++) {
            handles.add(create(owner, cell * 10_000 + 5_000, false));
        }
        TestClient other = player(zone);
        other.watch(5_000, 0, 160_000);
        int[] tellings = new int[16];
        for (int i = 0; i < 56; i++) {
            for (int cell = 0; cell < 16; cell++) {
                owner.move(handles.get(cell), cell * 10_000 + 5_000 + i, i, -i);
            }
            if (i == 16) {
                other.frames.clear();
            }
            zone.step(RESUME);
        }
        for (CellUpdate update : updates(other)) {
            assertThat(update.getSettledList()).isEmpty();
            assertThat(update.getEnteredList()).isEmpty();
            assertThat(update.getMovedList()).hasSize(1);
            tellings[update.getCell()]++;
        }
        assertThat(tellings).containsExactly(40, 40, 40, 40, 40, 40, 40, 40, 40, 20, 20, 20, 20, 10, 10, 10);
        steps(zone, 4);
        assertExact(other);
    }

    @Test
    void aRadiusOfNothingSeesNothing() {
        Zone zone = zone();
        TestClient client = player(zone);
        create(client, 5_000, false);
        client.watch(5_000, 0, 1_000);
        zone.step(RESUME);
        assertThat(client.view.entities).hasSize(1);

        client.watch(5_000, 0, 0);
        zone.step(RESUME);

        assertThat(client.view.open).isEmpty();
        assertThat(client.view.entities).isEmpty();
    }

    @Test
    void anAreaFollowsItsEntity() {
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient other = player(zone);
        int handle = create(owner, 5_000, false);
        int far = create(owner, 105_000, false);
        other.send(ClientFrame.newBuilder()
                .setInterest(AreaOfInterest.newBuilder().setRadius(6_000).setFollow(handle)));
        zone.step(RESUME);
        assertThat(other.view.entities).containsOnlyKeys(handle);

        owner.move(handle, 95_000, 0, 0);
        zone.step(RESUME);
        assertThat(other.view.entities).containsOnlyKeys(handle, far);
        owner.delete(handle);
        steps(zone, 2);

        assertThat(other.view.entities).containsOnlyKeys(far);
        assertExact(other);
    }

    @Test
    void aQuietZoneSendsOneFrameASecond() {
        Zone zone = zone();
        TestClient client = player(zone);
        zone.step(RESUME);
        client.frames.clear();

        steps(zone, 100);

        assertThat(client.frames).hasSize(5);
        assertThat(client.frames).allSatisfy(frame -> assertThat(frame)
                .isEqualTo(ServerFrame.newBuilder().setTick(frame.getTick()).build()));
    }

    @Test
    void aCrowdedCellComesInSeveralFrames() {
        settings.entities = 10_000;
        Zone zone = zone();
        TestClient owner = player(zone);
        List<Integer> handles = createMany(owner, 10_000, 5_000);
        TestClient other = player(zone);
        other.watch(5_000, 0, 1_000);

        zone.step(RESUME);

        assertThat(other.frames.size()).isGreaterThan(1);
        assertThat(other.view.entities).hasSize(10_000);
        moveAll(owner, handles, 5_001, 2_000_000_000);
        other.frames.clear();
        zone.step(RESUME);
        assertThat(other.frames.size()).isEqualTo(1);
        assertThat(updates(other))
                .allSatisfy(update -> assertThat(update.getSerializedSize()).isLessThanOrEqualTo(CellEncoder.SEGMENT));
        assertExact(other);
    }

    @Test
    void differencesWrapAround() {
        settings.tiers = ZoneSettings.ONE_TIER;
        Zone zone = zone();
        TestClient owner = player(zone);
        TestClient other = player(zone);
        other.watch(5_000, 0, 1_000);
        int handle = create(owner, 5_000, false);
        owner.move(handle, 5_000, Integer.MAX_VALUE, 0);
        zone.step(RESUME);
        other.frames.clear();

        owner.move(handle, 5_000, Integer.MIN_VALUE, 0);
        zone.step(RESUME);

        assertThat(updates(other).getFirst().getMoved(0).getPositionsList()).containsExactly(0, 1, 0);
        assertExact(other);
    }

    @Test
    void anAnswerAboutMemoryComesAtOnce() {
        Zone zone = zone();
        TestClient client = player(zone);
        client.send(ClientFrame.newBuilder()
                .setAskDurability(AskDurability.newBuilder().setRequest(5).setLevel(AskDurability.Level.LEVEL_MEMORY)));
        zone.step(RESUME);
        assertThat(client.frames.getLast().getDurable().getRequest()).isEqualTo(5);
    }

    /** Keeps the bytes. */
    private static final class Recorder implements FrameSink {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void send(FrameBytes frame) {
            int before = bytes.size();
            try {
                frame.writeTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assertThat(bytes.size() - before).isEqualTo(frame.size());
        }

        @Override
        public void end(EndReason reason) {
            bytes.write(reason.ordinal());
        }
    }

    private List<byte[]> play() {
        Random random = new Random(SEED);
        Zone zone = zone();
        List<Recorder> recorders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Recorder recorder = new Recorder();
            recorders.add(recorder);
            zone.join(Role.PLAYER, recorder, new SessionToken(i, i), null);
        }
        for (int i = 0; i < 300; i++) {
            Session session = zone.sessions().get(random.nextInt(4));
            ClientFrame.Builder frame = ClientFrame.newBuilder()
                    .addCreate(CreateEntity.newBuilder().setX(random.nextInt(160_000)))
                    .setInterest(AreaOfInterest.newBuilder()
                            .setX(random.nextInt(160_000))
                            .setRadius(random.nextInt(100_000)))
                    .addDelete(random.nextInt(300))
                    .addAuthority(AuthorityChange.newBuilder()
                            .setKindValue(1 + random.nextInt(2))
                            .setHandle(random.nextInt(300))
                            .setTo(random.nextInt(5)));
            for (int handle = 1; handle < 100; handle++) {
                frame.addMovements(Movements.newBuilder()
                        .addHandles(handle)
                        .addPositions(random.nextInt(160_000))
                        .addPositions(0)
                        .addPositions(0));
            }
            byte[] bytes = frame.build().toByteArray();
            zone.receive(session, bytes, 0, bytes.length, RESUME);
            zone.step(RESUME);
        }
        return recorders.stream().map(recorder -> recorder.bytes.toByteArray()).toList();
    }

    @Test
    void theSameCallsGiveTheSameBytes() {
        List<byte[]> first = play();
        List<byte[]> second = play();
        assertThat(first).allSatisfy(bytes -> assertThat(bytes.length).isGreaterThan(10_000));
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i)).isEqualTo(first.get(i));
        }
    }

    @Test
    void aZoneThatEndedDoesNothingMore() {
        Zone zone = zone();
        TestClient client = player(zone);
        int handle = create(client, 5_000, false);
        client.frames.clear();

        zone.end(EndReason.ZONE_MOVED);
        client.move(handle, 1, 2, 3);
        steps(zone, 300);

        assertThat(client.ended).isEqualTo(EndReason.ZONE_MOVED);
        assertThat(client.frames).isEmpty();
        assertThat(zone.entitiesAfter(0, 10)).hasSize(1);
        assertThat(zone.table().x[handle]).isEqualTo(5_000);
        assertThatThrownBy(() -> player(zone)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aZoneHasAsManySessionsAsItMayAndStillLetsOneComeBack() {
        settings.sessions = 1;
        Zone zone = zone();
        TestClient client = player(zone);
        assertThat(zone.isFull()).isTrue();
        assertThatThrownBy(() -> player(zone)).isInstanceOf(IllegalStateException.class);

        TestClient again =
                TestClient.resume(zone, Role.PLAYER, 99, client.session().token.high());
        assertThat(again.session().number()).isEqualTo(client.session().number());
    }
}
