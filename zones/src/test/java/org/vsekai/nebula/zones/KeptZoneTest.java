package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.api.entities.v1.AskDurability;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Component;
import org.vsekai.nebula.api.entities.v1.ComponentUpdate;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.DurableAcknowledgement;
import org.vsekai.nebula.api.entities.v1.Refused;
import org.vsekai.nebula.api.entities.v1.ServerFrame;

/** What a zone writes down of itself, and what another makes of that. */
class KeptZoneTest {
    private static final int TICKS_TO_RESUME = 50;
    private static final List<ComponentSchema> COMPONENTS = List.of(
            new ComponentSchema(9, "model", 16, Persistence.BULK, true),
            new ComponentSchema(1, "health", 8, Persistence.DURABLE, true),
            new ComponentSchema(7, "pose", 40, Persistence.VOLATILE, false));

    private static Zone zone(long epoch, int entities, Random random) {
        return new Zone(
                new ZoneSettings(
                        "z",
                        epoch,
                        20,
                        5_000,
                        4,
                        4,
                        20_000,
                        entities,
                        20,
                        1 << 30,
                        1_000_000,
                        COMPONENTS,
                        ZoneSettings.TIERS),
                random);
    }

    /** A store that keeps the newest capture of each page. */
    private static final class Pages {
        final Map<Integer, byte[]> pages = new TreeMap<>();
        final ZoneCapture capture = new ZoneCapture();
        byte[] sessions = {};
        int since;

        int take(Zone zone) {
            zone.capture(capture, since);
            for (int i = 0; i < capture.pages(); i++) {
                int offset = capture.offset(i);
                pages.put(capture.page(i), Arrays.copyOfRange(capture.bytes(), offset, offset + capture.length(i)));
            }
            int offset = capture.sessionsOffset();
            sessions = Arrays.copyOfRange(capture.bytes(), offset, offset + capture.sessionsLength());
            since = capture.tick();
            return capture.pages();
        }

        void into(Zone zone) throws DamagedStateException {
            zone.restoreSessions(sessions, 0, sessions.length);
            for (Map.Entry<Integer, byte[]> page : pages.entrySet()) {
                zone.restorePage(page.getKey(), page.getValue(), 0, page.getValue().length);
            }
        }
    }

    /** What a database does with rows. */
    private static final class Rows {
        record Row(
                int x,
                int y,
                int z,
                int rotation,
                int crossings,
                long epoch,
                int sequence,
                boolean deleted,
                String components) {
            boolean isOlderThan(Row other) {
                return crossings != other.crossings
                        ? crossings < other.crossings
                        : epoch != other.epoch ? epoch < other.epoch : sequence < other.sequence;
            }
        }

        final Map<UUID, Row> rows = new HashMap<>();
        int since;

        void take(Zone zone, int capacity, Runnable between) {
            DurableRows batch = new DurableRows(capacity);
            DurableWalk walk = new DurableWalk(since);
            boolean end;
            do {
                end = zone.captureRows(batch, walk);
                for (int i = 0; i < batch.size(); i++) {
                    Row row = new Row(
                            batch.x(i),
                            batch.y(i),
                            batch.z(i),
                            batch.rotation(i),
                            batch.crossings(i),
                            batch.epoch(i),
                            batch.sequence(i),
                            batch.deleted(i),
                            HexFormat.of().formatHex(batch.components(i)));
                    rows.merge(
                            new UUID(batch.idHigh(i), batch.idLow(i)),
                            row,
                            (old, given) -> old.isOlderThan(given) ? given : old);
                }
                batch.clear();
                between.run();
            } while (!end);
            since = walk.started();
            zone.savedTo(since);
        }

        void into(Zone zone, long epoch, int tick) throws DamagedStateException {
            DurableRows batch = new DurableRows(1);
            for (Map.Entry<UUID, Row> entry : rows.entrySet()) {
                Row row = entry.getValue();
                batch.clear();
                batch.add(
                        entry.getKey().getMostSignificantBits(),
                        entry.getKey().getLeastSignificantBits(),
                        row.x,
                        row.y,
                        row.z,
                        row.rotation,
                        row.crossings,
                        row.epoch,
                        row.sequence,
                        row.deleted,
                        HexFormat.of().parseHex(row.components));
                zone.restoreRow(batch, 0, epoch, tick);
            }
        }
    }

    /** Everything of a zone's entities that another epoch must have, by id. */
    private static Map<UUID, String> state(Zone zone, boolean onlyDurable) {
        Map<UUID, String> state = new TreeMap<>();
        EntityTable table = zone.table();
        WireWriter components = new WireWriter(64);
        for (EntityInfo entity : zone.entitiesAfter(0, Integer.MAX_VALUE)) {
            if (onlyDurable && !entity.persistent()) {
                continue;
            }
            int slot = entity.handle();
            components.clear();
            zone.componentTable().writeDurable(slot, components, new WireWriter(64));
            String text = entity.x() + " " + entity.y() + " " + entity.z() + " " + entity.rotation() + " "
                    + HexFormat.of().formatHex(components.bytes(), 0, components.size());
            if (!onlyDurable) {
                WireWriter pose = new WireWriter(64);
                int column = zone.componentTable().column(7);
                if (zone.componentTable().has(column, slot)) {
                    zone.componentTable().write(column, slot, 1, pose);
                }
                text += " " + slot + " " + entity.owner() + " " + entity.persistent() + " " + table.velocityX[slot]
                        + " " + HexFormat.of().formatHex(pose.bytes(), 0, pose.size());
            }
            state.put(entity.id(), text);
        }
        return state;
    }

    private static final class Players {
        final Random random;
        final List<TestClient> clients = new ArrayList<>();
        long tokens;
        int requests;

        Players(Random random) {
            this.random = random;
        }

        /** Things that random clients do between two steps. */
        void play(Zone zone, int actions) {
            for (int i = 0; i < actions; i++) {
                if (clients.isEmpty() || random.nextInt(40) == 0 && !zone.isFull()) {
                    clients.add(TestClient.join(zone, random.nextInt(5) == 0 ? Role.SERVER : Role.PLAYER, ++tokens));
                }
                TestClient client = clients.get(random.nextInt(clients.size()));
                List<EntityInfo> own = zone.entitiesAfter(0, Integer.MAX_VALUE).stream()
                        .filter(entity -> entity.owner() == client.session().number())
                        .toList();
                if (own.isEmpty() || random.nextInt(4) == 0) {
                    client.send(ClientFrame.newBuilder()
                            .addCreate(CreateEntity.newBuilder()
                                    .setRequest(++requests)
                                    .setX(random.nextInt(20_000))
                                    .setZ(random.nextInt(20_000))
                                    .setRotation(random.nextInt())
                                    .setPersistent(random.nextBoolean())
                                    .addComponents(component(1))
                                    .addComponents(component(7))));
                    continue;
                }
                int handle = own.get(random.nextInt(own.size())).handle();
                switch (random.nextInt(6)) {
                    case 0 -> client.delete(handle);
                    case 1, 2 -> client.move(handle, random.nextInt(25_000) - 2_000, random.nextInt(9), 77);
                    case 3 -> set(client, handle, 1);
                    case 4 -> set(client, handle, random.nextBoolean() ? 7 : 9);
                    default -> {
                        if (random.nextInt(6) == 0) {
                            clients.remove(client);
                            zone.leave(client.session());
                        }
                    }
                }
            }
        }

        private void set(TestClient client, int handle, int number) {
            client.send(ClientFrame.newBuilder()
                    .addComponents(ComponentUpdate.newBuilder()
                            .setHandle(handle)
                            .setNumber(number)
                            .setValue(component(number).getValue())));
        }

        private Component component(int number) {
            byte[] value = new byte[random.nextInt(9)];
            random.nextBytes(value);
            return Component.newBuilder()
                    .setNumber(number)
                    .setValue(ByteString.copyFrom(value))
                    .build();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void anotherOwnerHasAllOfTheLastRound(long seed) throws DamagedStateException {
        Random random = new Random(seed);
        Players players = new Players(random);
        Zone zone = zone(1, 3_000, random);
        Pages pages = new Pages();
        int partial = 0;
        for (long epoch = 2; epoch < 6; epoch++) {
            for (int step = 0; step < 60; step++) {
                players.play(zone, step < 30 ? 40 : 2);
                zone.step(TICKS_TO_RESUME);
                if (random.nextInt(3) > 0) {
                    partial += pages.take(zone) < zone.pages() ? 1 : 0;
                }
            }
            pages.take(zone);
            Map<UUID, String> before = state(zone, false);
            List<Session> sessions = zone.sessions();

            Zone next = zone(epoch, 3_000, random);
            pages.into(next);
            next.restored(TICKS_TO_RESUME);

            assertThat(state(next, false)).as("seed %d", seed).isEqualTo(before);
            assertThat(next.sessions()).hasSameSizeAs(sessions).allMatch(Session::isAway);
            List<TestClient> back = new ArrayList<>();
            for (TestClient client : players.clients) {
                SessionToken token = client.session().token;
                assertThat(next.knows(token, client.session().role())).isTrue();
                TestClient resumed = TestClient.resume(next, client.session().role(), ++players.tokens, token.high());
                assertThat(resumed.session().number())
                        .isEqualTo(client.session().number());
                back.add(resumed);
            }
            players.clients.clear();
            players.clients.addAll(back);
            next.step(TICKS_TO_RESUME);
            assertThat(state(next, false)).isEqualTo(before);
            for (TestClient client : back) {
                assertThat(client.welcome).isNotNull();
                assertThat(client.welcome.getOwnedCount())
                        .isEqualTo((int) next.entitiesAfter(0, Integer.MAX_VALUE).stream()
                                .filter(entity ->
                                        entity.owner() == client.session().number())
                                .count());
            }
            zone = next;
            pages = new Pages();
        }
        assertThat(partial).as("rounds that left pages out").isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void rowsAddUpToThePersistentEntities(long seed) throws DamagedStateException {
        Random random = new Random(seed);
        Players players = new Players(random);
        Zone zone = zone(1, 600, random);
        zone.keepDeleted(true);
        Rows rows = new Rows();
        for (int step = 0; step < 300; step++) {
            players.play(zone, 5);
            zone.step(TICKS_TO_RESUME);
            if (random.nextInt(10) == 0) {
                Zone walked = zone;
                rows.take(zone, 1 + random.nextInt(20), () -> {
                    players.play(walked, 2);
                    walked.step(TICKS_TO_RESUME);
                });
            }
        }
        Map<UUID, String> persistent = state(zone, true);
        rows.take(zone, 1000, () -> {});
        Zone next = zone(2, 600, random);
        rows.into(next, 0, 0);
        next.restored(TICKS_TO_RESUME);

        assertThat(state(next, true)).as("seed %d", seed).isEqualTo(persistent);
        assertThat(rows.rows.values()).anyMatch(Rows.Row::deleted);
        DurableRows unsaved = new DurableRows(1000);
        assertThat(next.captureRows(unsaved, new DurableWalk(0))).isTrue();
        assertThat(unsaved.size()).as("what came from rows is saved").isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theNewerOfPageAndRowCounts(long seed) throws DamagedStateException {
        Random random = new Random(seed);
        Players players = new Players(random);
        Zone zone = zone(1, 600, random);
        zone.keepDeleted(true);
        Pages pages = new Pages();
        Rows rows = new Rows();
        boolean rowsAreNewer = seed % 2 == 0;
        for (int step = 0; step < 200; step++) {
            players.play(zone, 5);
            zone.step(TICKS_TO_RESUME);
            if (step % 20 == 19) {
                rows.take(zone, 50, () -> {});
                pages.take(zone);
            }
        }
        players.play(zone, 40);
        zone.step(TICKS_TO_RESUME);
        if (rowsAreNewer) {
            rows.take(zone, 1000, () -> {});
        } else {
            pages.take(zone);
        }
        Map<UUID, String> newest = state(zone, true);
        Zone next = zone(2, 600, random);
        next.keepDeleted(true);
        pages.into(next);
        rows.into(next, 1, pages.since);
        next.restored(TICKS_TO_RESUME);
        assertThat(state(next, true)).as("seed %d", seed).isEqualTo(newest);

        // And what the database does not have yet comes to it from here.
        rows.since = 0;
        rows.take(next, 1000, () -> {});
        Zone last = zone(3, 600, random);
        rows.into(last, 0, 0);
        assertThat(state(last, true)).isEqualTo(newest);
    }

    @Test
    void aDeletedEntityKeepsItsIdUntilThatIsSaved() {
        Zone zone = zone(1, 1, new Random(1));
        zone.keepDeleted(true);
        TestClient client = TestClient.join(zone, Role.PLAYER, 1);
        CreateEntity create = CreateEntity.newBuilder()
                .setPersistent(true)
                .setId(ByteString.copyFrom(new byte[16]))
                .build();
        client.send(ClientFrame.newBuilder().addCreate(create));
        client.delete(1);
        client.send(ClientFrame.newBuilder().addCreate(create));
        zone.step(TICKS_TO_RESUME);
        assertThat(client.refused).extracting(Refused::getReason).containsExactly(Refused.Reason.REASON_ID_TAKEN);
        assertThat(zone.entities()).isZero();

        new Rows().take(zone, 10, () -> {});
        client.send(ClientFrame.newBuilder().addCreate(create));
        zone.step(TICKS_TO_RESUME);
        assertThat(client.refused.getLast().getReason())
                .as("the id is free, the slot rests")
                .isEqualTo(Refused.Reason.REASON_ZONE_FULL);
    }

    @Test
    void damagedStateIsRefusedWhole() throws DamagedStateException {
        Random random = new Random(3);
        Players players = new Players(random);
        Zone zone = zone(1, 40, random);
        for (int step = 0; step < 30; step++) {
            players.play(zone, 3);
            zone.step(TICKS_TO_RESUME);
        }
        Pages pages = new Pages();
        pages.take(zone);
        byte[] page = pages.pages.get(0);
        for (int length = 0; length < page.length; length++) {
            Zone next = zone(2, 40, random);
            int cut = length;
            assertThatExceptionOfType(DamagedStateException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> next.restorePage(0, page, 0, cut));
            assertThat(next.entities()).isZero();
        }
        for (int at = 0; at < page.length; at++) {
            byte[] flipped = page.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Zone next = zone(2, 40, random);
            try {
                next.restorePage(0, flipped, 0, flipped.length);
            } catch (DamagedStateException e) {
                assertThat(next.entities()).as("flipped byte %d", at).isZero();
            }
            next.restored(TICKS_TO_RESUME);
            assertThatNoException().as("flipped byte %d", at).isThrownBy(() -> next.step(TICKS_TO_RESUME));
        }
        for (int length = 0; length < pages.sessions.length; length++) {
            int cut = length;
            Zone next = zone(2, 40, random);
            assertThatExceptionOfType(DamagedStateException.class)
                    .isThrownBy(() -> next.restoreSessions(pages.sessions, 0, cut));
            assertThat(next.sessions()).isEmpty();
        }
        Zone twice = zone(2, 1000, random);
        twice.restoreSessions(pages.sessions, 0, pages.sessions.length);
        twice.restorePage(0, page, 0, page.length);
        assertThatExceptionOfType(DamagedStateException.class)
                .as("the same ids in another page")
                .isThrownBy(() -> twice.restorePage(1, page, 0, page.length));
        assertThat(twice.entities()).isEqualTo(zone.entities());
    }

    @Test
    void whoAsksHearsWhenItIsSafe() {
        Zone zone = zone(1, 10, new Random(1));
        TestClient client = TestClient.join(zone, Role.PLAYER, 1);
        zone.promises(true, false);
        zone.step(TICKS_TO_RESUME);
        for (int level = 1; level <= 3; level++) {
            client.send(ClientFrame.newBuilder()
                    .setAskDurability(
                            AskDurability.newBuilder().setRequest(level).setLevelValue(level)));
        }
        int asked = zone.tick();
        zone.replicatedTo(asked - 1);
        zone.step(TICKS_TO_RESUME);
        assertThat(acknowledged(client)).containsExactly(1);
        assertThat(client.refused).extracting(Refused::getReason).containsExactly(Refused.Reason.REASON_NO_SUCH_LEVEL);
        assertThat(client.refused.getFirst().getRequest()).isEqualTo(3);

        zone.savedTo(asked);
        zone.step(TICKS_TO_RESUME);
        assertThat(acknowledged(client)).containsExactly(1);
        zone.replicatedTo(asked);
        zone.step(TICKS_TO_RESUME);
        assertThat(acknowledged(client)).containsExactly(1, 2);
    }

    @Test
    void whoAsksTooMuchIsEnded() {
        Zone zone = zone(1, 10, new Random(1));
        TestClient client = TestClient.join(zone, Role.PLAYER, 1);
        zone.promises(true, true);
        for (int i = 0; i < Session.MOST_ASKED; i++) {
            client.send(ClientFrame.newBuilder()
                    .setAskDurability(AskDurability.newBuilder().setRequest(i).setLevelValue(3)));
        }
        assertThat(client.ended).isNull();
        client.send(ClientFrame.newBuilder()
                .setAskDurability(AskDurability.newBuilder().setRequest(1).setLevelValue(3)));
        assertThat(client.ended).isEqualTo(EndReason.TOO_FAST);
    }

    private static List<Integer> acknowledged(TestClient client) {
        return client.frames.stream()
                .filter(ServerFrame::hasDurable)
                .map(ServerFrame::getDurable)
                .map(DurableAcknowledgement::getRequest)
                .toList();
    }

    @Test
    void capturingTakesNoMemory() {
        Random random = new Random(5);
        Players players = new Players(random);
        Zone zone = zone(1, 600, random);
        for (int step = 0; step < 100; step++) {
            players.play(zone, 5);
            zone.step(TICKS_TO_RESUME);
        }
        ZoneCapture capture = new ZoneCapture();
        DurableRows rows = new DurableRows(600);
        capture(zone, capture, rows, 2_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        capture(zone, capture, rows, 2_000);
        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 2_000).isLessThan(128);
        assertThat(capture.pages()).isPositive();
        assertThat(rows.size()).isPositive();
    }

    private static void capture(Zone zone, ZoneCapture capture, DurableRows rows, int times) {
        for (int i = 0; i < times; i++) {
            zone.capture(capture, 0);
            rows.clear();
            zone.captureRows(rows, new DurableWalk(0));
        }
    }
}
