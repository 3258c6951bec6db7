package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.api.entities.v1.AreaOfInterest;
import org.vsekai.nebula.api.entities.v1.AuthorityChange;
import org.vsekai.nebula.api.entities.v1.CellUpdate;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Component;
import org.vsekai.nebula.api.entities.v1.ComponentUpdate;
import org.vsekai.nebula.api.entities.v1.CreateEntity;
import org.vsekai.nebula.api.entities.v1.Departure;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.ServerFrame;

/** Random sessions in a random zone; once all is quiet, each must see exactly what is in its cells. Each failure names its seed. */
class ZoneModelTest {
    private static final long SEED = Long.getLong("nebula.zones.seed", System.nanoTime());
    private static final int STEPS = 400;
    private static final int SEEDS = 4;
    private static final int TICKS_TO_RESUME = 30;
    private static final List<Role> ROLES = List.of(Role.PLAYER, Role.PLAYER, Role.PLAYER, Role.SERVER, Role.OBSERVER);

    /** What runs met: a model that never comes to the hard parts proves nothing. */
    private static final class Met {
        int resets;
        int settled;
        int moved;
        int departedTo;
        int departedForGood;
        int strained;
        long deferred;
        int resumed;
        int expired;
        int taken;
        int deleted;
    }

    /** An entity as the test made it. */
    private static final class Expected {
        UUID id = new UUID(0, 0);
        int owner;
        int x;
        int y;
        int z;
        int rotation;
        int velocity;
        boolean persistent;
        final Map<Integer, ByteString> components = new TreeMap<>();
    }

    private static final class Run {
        final Random random;
        final Zone zone;
        final int side;
        final List<TestClient> clients = new ArrayList<>();
        final Map<Integer, Expected> expected = new HashMap<>();
        /** Those whose client is away, by the tick in which that is over. */
        final Map<TestClient, Integer> away = new LinkedHashMap<>();

        final Map<TestClient, Set<Integer>> toldCells = new HashMap<>();
        final Met met;
        long tokens;
        int requests;

        Run(long seed, List<Tier> tiers, int bytesPerSecond, Met met) {
            this.met = met;
            random = new Random(seed);
            int cells = 1 + random.nextInt(12);
            int cellSize = 2_000 + random.nextInt(20_000);
            side = cells * cellSize;
            zone = new Zone(
                    new ZoneSettings(
                            "z",
                            1,
                            20,
                            cellSize,
                            cells,
                            cells,
                            Math.max(1, side / 2),
                            400,
                            20,
                            bytesPerSecond,
                            1_000_000,
                            List.of(
                                    new ComponentSchema(1, "health", 8, Persistence.DURABLE, true),
                                    new ComponentSchema(7, "pose", 40, Persistence.VOLATILE, false)),
                            tiers),
                    random);
        }

        int place() {
            return random.nextInt(side + side / 5 + 1) - side / 10;
        }

        void join() {
            added(TestClient.join(zone, ROLES.get(random.nextInt(ROLES.size())), ++tokens));
        }

        void added(TestClient client) {
            clients.add(client);
            client.send(ClientFrame.newBuilder().setInterest(interest(client)));
            int kind = random.nextInt(4);
            client.ready = switch (kind) {
                case 0 -> () -> random.nextInt(3) > 0;
                // Long enough for departures to be forgotten, and not for the zone to lose its patience.
                case 1 -> () -> (zone.tick() + 100) % 250 > 150;
                default -> () -> true;
            };
        }

        AreaOfInterest interest(TestClient client) {
            AreaOfInterest.Builder interest = AreaOfInterest.newBuilder()
                    .setX(place())
                    .setZ(place())
                    .setRadius(random.nextInt(zone.settings().largestRadius() + 1));
            List<Integer> own = owned(client);
            if (!own.isEmpty() && random.nextBoolean()) {
                interest.setFollow(own.get(random.nextInt(own.size())));
            }
            return interest.build();
        }

        List<Integer> owned(TestClient client) {
            return expected.entrySet().stream()
                    .filter(entry -> entry.getValue().owner == client.session().number())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
        }

        void disconnect(int index) {
            TestClient client = clients.remove(index);
            count(client);
            zone.disconnect(client.session(), TICKS_TO_RESUME);
            away.put(client, zone.tick() + TICKS_TO_RESUME);
        }

        /** Whoever is away comes back, or by leaving frees its number. */
        void comeBack(TestClient before) {
            away.remove(before);
            long token = before.session().token.high();
            TestClient client = TestClient.resume(zone, before.session().role(), ++tokens, token);
            assertThat(client.session().number()).isEqualTo(before.session().number());
            added(client);
            met.resumed++;
        }

        void step() {
            int tick = zone.tick();
            List<TestClient> over = away.entrySet().stream()
                    .filter(entry -> tick >= entry.getValue())
                    .map(Map.Entry::getKey)
                    .toList();
            for (TestClient client : over) {
                away.remove(client);
                forget(client);
                met.expired++;
            }
            zone.step(TICKS_TO_RESUME);
            for (TestClient client : clients) {
                met.strained += client.session().strain() > 0 ? 1 : 0;
            }
        }

        /** Notes what a client was told, and drops the frames. */
        void count(TestClient client) {
            Set<Integer> told = toldCells.computeIfAbsent(client, c -> new HashSet<>());
            for (ServerFrame frame : client.frames) {
                told.removeAll(frame.getOpenedList());
                for (CellUpdate update : frame.getCellsList()) {
                    // A cell is reset when it is told of for the first time, too.
                    met.resets += !told.add(update.getCell()) && update.getReset() ? 1 : 0;
                    met.settled += update.getSettledCount();
                    met.moved += update.getMovedCount();
                    for (Departure departure : update.getDepartedList()) {
                        met.departedTo += departure.getTo() != 0 ? 1 : 0;
                        met.departedForGood += departure.getTo() == 0 ? 1 : 0;
                    }
                }
            }
            client.frames.clear();
        }

        void leave(int index) {
            TestClient client = clients.remove(index);
            count(client);
            forget(client);
            zone.leave(client.session());
        }

        void forget(TestClient client) {
            for (int slot : owned(client)) {
                if (expected.get(slot).persistent) {
                    expected.get(slot).owner = 0;
                } else {
                    expected.remove(slot);
                }
            }
        }

        void create(TestClient client, int count) {
            if (client.session().role() == Role.OBSERVER) {
                return;
            }
            ClientFrame.Builder frame = ClientFrame.newBuilder();
            List<Expected> made = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Expected entity = new Expected();
                entity.owner = client.session().number();
                entity.x = place();
                entity.y = random.nextInt(1000);
                entity.z = place();
                entity.rotation = random.nextInt();
                entity.persistent = random.nextBoolean();
                CreateEntity.Builder create = CreateEntity.newBuilder()
                        .setRequest(++requests)
                        .setX(entity.x)
                        .setY(entity.y)
                        .setZ(entity.z)
                        .setRotation(entity.rotation)
                        .setPersistent(entity.persistent);
                if (random.nextBoolean()) {
                    entity.components.put(1, value(8));
                    create.addComponents(Component.newBuilder().setNumber(1).setValue(entity.components.get(1)));
                }
                frame.addCreate(create);
                made.add(entity);
            }
            Set<Integer> before = new HashSet<>(slots());
            client.send(frame);
            List<Integer> fresh =
                    slots().stream().filter(slot -> !before.contains(slot)).toList();
            // A zone that is full makes fewer; slots that were freed may come in any order, so ids tell which is which.
            assertThat(fresh.size()).isLessThanOrEqualTo(count);
            for (int slot : fresh) {
                Expected entity = made.stream()
                        .filter(one -> one.x == zone.table().x[slot]
                                && one.z == zone.table().z[slot]
                                && one.rotation == zone.table().rotation[slot])
                        .findFirst()
                        .orElseThrow();
                entity.id = new UUID(zone.table().idHigh[slot], zone.table().idLow[slot]);
                expected.put(slot, entity);
            }
        }

        List<Integer> slots() {
            List<Integer> slots = new ArrayList<>();
            for (int slot = 0; slot < zone.table().reach(); slot++) {
                if (zone.table().exists(slot)) {
                    slots.add(slot);
                }
            }
            return slots;
        }

        ByteString value(int most) {
            byte[] bytes = new byte[random.nextInt(most + 1)];
            random.nextBytes(bytes);
            return ByteString.copyFrom(bytes);
        }

        void move(TestClient client) {
            List<Integer> own = owned(client);
            if (own.isEmpty()) {
                return;
            }
            Movements.Builder moves = Movements.newBuilder();
            int kinds = 1 + random.nextInt(7);
            int before = 0;
            for (int slot : own) {
                if (random.nextInt(3) == 0) {
                    continue;
                }
                moves.addHandles(slot - before);
                before = slot;
                Expected entity = expected.get(slot);
                if ((kinds & 1) != 0) {
                    boolean far = random.nextInt(10) == 0;
                    entity.x = far ? place() : entity.x + random.nextInt(2001) - 1000;
                    entity.z = far ? place() : entity.z + random.nextInt(2001) - 1000;
                    entity.y += random.nextInt(3) - 1;
                    moves.addPositions(entity.x).addPositions(entity.y).addPositions(entity.z);
                }
                if ((kinds & 2) != 0) {
                    entity.rotation = random.nextInt();
                    moves.addRotations(entity.rotation);
                }
                if ((kinds & 4) != 0) {
                    entity.velocity = random.nextInt(100);
                    moves.addVelocities(entity.velocity).addVelocities(0).addVelocities(-entity.velocity);
                }
            }
            ClientFrame.Builder frame = ClientFrame.newBuilder().addMovements(moves);
            if (random.nextInt(4) == 0) {
                int slot = own.get(random.nextInt(own.size()));
                ByteString value = value(40);
                expected.get(slot).components.put(7, value);
                frame.addComponents(ComponentUpdate.newBuilder()
                        .setHandle(slot)
                        .setNumber(7)
                        .setValue(value));
            }
            client.send(frame);
        }

        void delete(TestClient client) {
            boolean any = client.session().role() == Role.SERVER && random.nextBoolean();
            List<Integer> own = any ? expected.keySet().stream().sorted().toList() : owned(client);
            met.deleted += own.isEmpty() ? 0 : 1;
            if (!own.isEmpty()) {
                int slot = own.get(random.nextInt(own.size()));
                expected.remove(slot);
                client.send(ClientFrame.newBuilder().addDelete(slot));
            }
        }

        void authority(TestClient client) {
            if (client.session().role() == Role.OBSERVER) {
                return;
            }
            if (client.session().role() == Role.SERVER && !expected.isEmpty()) {
                List<Integer> all = expected.keySet().stream().sorted().toList();
                int slot = all.get(random.nextInt(all.size()));
                expected.get(slot).owner = client.session().number();
                client.authority(AuthorityChange.Kind.KIND_REQUEST, slot, 0);
                met.taken++;
                return;
            }
            List<Integer> own = owned(client);
            TestClient other = clients.get(random.nextInt(clients.size()));
            if (!own.isEmpty() && random.nextBoolean()) {
                int slot = own.get(random.nextInt(own.size()));
                boolean nobody = random.nextBoolean() || other.session().role() == Role.OBSERVER;
                int to = nobody ? 0 : other.session().number();
                expected.get(slot).owner = to;
                client.send(ClientFrame.newBuilder()
                        .addAuthority(AuthorityChange.newBuilder()
                                .setKindValue(2)
                                .setHandle(slot)
                                .setTo(to)));
                return;
            }
            expected.entrySet().stream()
                    .filter(entry -> entry.getValue().owner == 0)
                    .findFirst()
                    .ifPresent(entry -> {
                        entry.getValue().owner = client.session().number();
                        client.send(ClientFrame.newBuilder()
                                .addAuthority(AuthorityChange.newBuilder()
                                        .setKindValue(1)
                                        .setHandle(entry.getKey())));
                    });
        }

        void act() {
            if (!away.isEmpty() && random.nextInt(20) == 0) {
                comeBack(away.keySet().iterator().next());
                return;
            }
            if (clients.isEmpty() || random.nextInt(30) == 0 && clients.size() < 12) {
                join();
                return;
            }
            int index = random.nextInt(clients.size());
            TestClient client = clients.get(index);
            switch (random.nextInt(20)) {
                case 0 -> {
                    int kind = random.nextInt(6);
                    if (kind == 0) {
                        leave(index);
                    } else if (kind < 3) {
                        disconnect(index);
                    }
                }
                case 1, 2 -> create(client, 1 + random.nextInt(12));
                case 3 -> delete(client);
                case 4 -> authority(client);
                case 5, 6 -> client.send(ClientFrame.newBuilder().setInterest(interest(client)));
                default -> move(client);
            }
        }

        void check(long seed, int step) {
            for (TestClient client : clients) {
                client.ready = () -> true;
            }
            for (int i = 0; i < 200 && !isQuiet(); i++) {
                step();
            }
            for (TestClient client : clients) {
                count(client);
                Map<Integer, String> wanted = new TreeMap<>();
                Set<Integer> open = new HashSet<>();
                for (int i = 0; i < client.session().openCells(); i++) {
                    open.add(client.session().openCell(i));
                }
                expected.forEach((slot, entity) -> {
                    assertThat(zone.table().exists(slot)).as("seed %d", seed).isTrue();
                    if (open.contains(zone.table().cell[slot])) {
                        wanted.put(slot, text(entity));
                    }
                });
                Map<Integer, String> seen = new TreeMap<>();
                client.view.entities.forEach((slot, entity) -> seen.put(slot, text(entity)));
                Set<Map.Entry<Integer, String>> missing = new HashSet<>(wanted.entrySet());
                missing.removeAll(seen.entrySet());
                Set<Map.Entry<Integer, String>> surplus = new HashSet<>(seen.entrySet());
                surplus.removeAll(wanted.entrySet());
                assertThat(missing).as("seed %d, step %d, missing", seed, step).isEmpty();
                assertThat(surplus)
                        .as("seed %d, step %d, left over", seed, step)
                        .isEmpty();
                assertThat(client.view.open).as("seed %d", seed).isEqualTo(open);
                checkGeometry(client, seed);
            }
        }

        boolean isQuiet() {
            for (TestClient client : clients) {
                Session session = client.session();
                if (session.interestChanged) {
                    return false;
                }
                for (int i = 0; i < session.openCells(); i++) {
                    if (session.told(i) == 0 || session.told(i) < zone.changedTick(session.openCell(i))) {
                        return false;
                    }
                }
            }
            return true;
        }

        /** Whatever is within the radius, by some margin, is seen; whatever is two cells beyond it is not. */
        void checkGeometry(TestClient client, long seed) {
            Session session = client.session();
            int cell = zone.settings().cellSize();
            expected.forEach((slot, entity) -> {
                int x = Math.clamp(entity.x, 0, side - 1);
                int z = Math.clamp(entity.z, 0, side - 1);
                double distance = Math.hypot(
                        x - Math.clamp(session.centreX, 0, side - 1), z - Math.clamp(session.centreZ, 0, side - 1));
                double margin = cell / 8.0;
                boolean inside = session.centreX >= 0
                        && session.centreX < side
                        && session.centreZ >= 0
                        && session.centreZ < side;
                if (inside && session.radius > 0 && distance < session.radius - margin) {
                    assertThat(client.view.entities).as("seed %d, near", seed).containsKey(slot);
                }
                if (inside && distance > session.radius + 2.5 * cell + margin) {
                    assertThat(client.view.entities).as("seed %d, far", seed).doesNotContainKey(slot);
                }
            });
        }
    }

    private static String text(Expected entity) {
        return "%s %d (%d %d %d) %d %d %s"
                .formatted(
                        entity.id,
                        entity.owner,
                        entity.x,
                        entity.y,
                        entity.z,
                        entity.rotation,
                        entity.velocity,
                        hex(entity.components));
    }

    private static Map<Integer, String> hex(Map<Integer, ByteString> components) {
        Map<Integer, String> hex = new TreeMap<>();
        components.forEach((number, value) -> hex.put(number, HexFormat.of().formatHex(value.toByteArray())));
        return hex;
    }

    private static String text(ReferenceView.Entity entity) {
        assertThat(entity.velocityZ).isEqualTo(-entity.velocityX);
        return "%s %d (%d %d %d) %d %d %s"
                .formatted(
                        entity.id,
                        entity.owner,
                        entity.x,
                        entity.y,
                        entity.z,
                        entity.rotation,
                        entity.velocityX,
                        hex(entity.components));
    }

    private static Met run(long seed, int steps, int bytesPerSecond, int stepsBetweenChecks) {
        Met met = new Met();
        Run run = new Run(seed, seed % 3 == 0 ? ZoneSettings.ONE_TIER : ZoneSettings.TIERS, bytesPerSecond, met);
        for (int step = 0; step < steps; step++) {
            for (int i = run.random.nextInt(8); i > 0; i--) {
                run.act();
            }
            run.step();
            if (run.random.nextInt(stepsBetweenChecks) == 0) {
                run.check(seed, step);
            }
        }
        run.check(seed, steps);
        met.deferred = run.zone.statistics().deferredCells();
        return met;
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 30, 200_000, 4_000})
    void everySessionSeesWhatIsInItsCellsOnceAllIsQuiet(int bytesPerSecond) {
        for (long seed = SEED; seed < SEED + SEEDS; seed++) {
            run(seed, STEPS, bytesPerSecond, seed % 2 == 0 ? 40 : 300);
        }
    }

    /** With seeds that never change, so that this fails only if runs have become tame. */
    @Test
    void runsComeToWhatIsHard() {
        Met rich = run(12, 600, 1 << 30, 1_000);
        assertThat(rich.moved).isGreaterThan(100);
        assertThat(rich.settled).isGreaterThan(20);
        assertThat(rich.departedTo).isGreaterThan(100);
        assertThat(rich.departedForGood).isGreaterThan(20);
        assertThat(rich.strained).isPositive();
        assertThat(rich.resumed).isPositive();
        assertThat(rich.taken).isPositive();
        assertThat(rich.deleted).isPositive();
        Met poor = run(2, STEPS, 4_000, 40);
        assertThat(poor.deferred).isGreaterThan(100);
        assertThat(poor.settled).isGreaterThan(100);
        assertThat(rich.resets).isPositive();
        assertThat(poor.departedTo).isGreaterThan(20);
        assertThat(poor.expired + rich.expired).isPositive();
    }
}
