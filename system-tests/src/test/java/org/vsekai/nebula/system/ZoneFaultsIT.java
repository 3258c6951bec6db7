package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.client.entities.Durability;
import org.vsekai.nebula.client.entities.EntitySession;
import org.vsekai.nebula.client.entities.JoinedZone;
import org.vsekai.nebula.client.entities.NewEntity;
import org.vsekai.nebula.client.entities.SessionListener;
import org.vsekai.nebula.client.entities.ZoneView;
import org.vsekai.nebula.kit.testing.Eventually;

/**
 * Processes die and freeze under load. Whatever was acknowledged must be there afterwards if its level promised that; everybody then
 * sees the same; and a table tells what each fault did to each level.
 */
@Tag("alone")
class ZoneFaultsIT {
    private static final long SEED = Long.getLong("nebula.zones.seed", System.nanoTime());
    private static final int ENTITIES = 60;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What a fault may cost. */
    private enum Fault {
        OWNER_KILLED(Durability.REPLICATED),
        CACHE_NODE_KILLED(Durability.REPLICATED),
        OWNER_PAUSED(Durability.REPLICATED),
        OWNER_AND_CACHE_KILLED(Durability.DATABASE);

        /** The lowest level that survives it. */
        final Durability survives;

        Fault(Durability survives) {
            this.survives = survives;
        }
    }

    /** Writes ever larger values to its entities, and notes what was acknowledged. Its session is a game server's. */
    private static final class Writer implements SessionListener, AutoCloseable {
        final Random random = new Random(SEED);
        final EntitySession session;
        final List<UUID> ids = new ArrayList<>();
        /** The newest value that was acknowledged, by level and entity. */
        final Map<Durability, Map<UUID, Long>> acknowledged = new EnumMap<>(Durability.class);

        final Map<UUID, Long> staged = new ConcurrentHashMap<>();
        final AtomicInteger joined = new AtomicInteger();
        final AtomicBoolean paused = new AtomicBoolean();
        private volatile boolean over;
        private final Thread thread;
        private long value;

        Writer(ZoneStack stack) throws Exception {
            for (Durability level : Durability.values()) {
                acknowledged.put(level, new ConcurrentHashMap<>());
            }
            session = stack.open(SessionRole.SESSION_ROLE_SERVER, this);
            session.joined().get(60, TimeUnit.SECONDS);
            for (int i = 0; i < ENTITIES; i++) {
                UUID id = new UUID(random.nextLong(), random.nextLong());
                CompletableFuture<?> made = session.create(NewEntity.at(450_000 + 1_500 * i, 0, 500_000)
                        .withId(id)
                        .withPersistent(true)
                        .withComponent(ZoneStack.HEALTH, bytes(0)));
                session.flush();
                made.get(30, TimeUnit.SECONDS);
                ids.add(id);
            }
            thread = Thread.ofPlatform().name("writer").start(this::write);
        }

        @Override
        public void joined(EntitySession of, JoinedZone zone, boolean again) {
            joined.incrementAndGet();
        }

        private void write() {
            while (!over) {
                if (!paused.get()) {
                    UUID id = ids.get(random.nextInt(ids.size()));
                    Durability level = Durability.values()[random.nextInt(Durability.values().length)];
                    long newest = ++value;
                    // On the session's thread, so that a change is not dropped while the question after it is asked.
                    CompletableFuture<?> unused = session.read(view -> {
                        write(view, id, level, newest);
                        return true;
                    });
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private void write(ZoneView view, UUID id, Durability level, long newest) {
            int slot = view.slot(id);
            if (slot < 0) {
                return;
            }
            int handle = view.handle(slot);
            if (view.findZone().orElseThrow().session() != view.owner(slot)) {
                session.requestAuthority(handle);
                session.flush();
                return;
            }
            session.setComponent(handle, ZoneStack.HEALTH, bytes(newest));
            staged.put(id, newest);
            CompletableFuture<Durability> unused = session.askDurability(level).whenComplete((safe, failure) -> {
                if (failure == null) {
                    acknowledged.get(level).merge(id, newest, Math::max);
                }
            });
            session.flush();
        }

        long acknowledgements(Durability level) {
            return acknowledged.get(level).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }

        @Override
        public void close() throws InterruptedException {
            over = true;
            thread.join();
            session.close();
        }
    }

    private static ByteString bytes(long value) {
        return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(value).flip());
    }

    private static Map<UUID, Long> values(EntitySession session) throws Exception {
        return session.read(view -> {
                    Map<UUID, Long> values = new TreeMap<>();
                    view.forEach(slot -> values.put(
                            view.id(slot),
                            view.findComponent(slot, ZoneStack.HEALTH)
                                    .map(value -> value.asReadOnlyByteBuffer().getLong())
                                    .orElse(-1L)));
                    return values;
                })
                .get(10, TimeUnit.SECONDS);
    }

    private static Map<UUID, String> poses(EntitySession session) throws Exception {
        return session.read(view -> {
                    Map<UUID, String> poses = new TreeMap<>();
                    view.forEach(slot ->
                            poses.put(view.id(slot), view.handle(slot) + ": " + view.x(slot) + " " + view.owner(slot)));
                    return poses;
                })
                .get(10, TimeUnit.SECONDS);
    }

    private static Map<UUID, String> poses(List<JsonNode> entities) {
        Map<UUID, String> poses = new TreeMap<>();
        for (JsonNode entity : entities) {
            poses.put(
                    UUID.fromString(entity.get("id").asText()),
                    entity.get("handle").asInt() + ": " + entity.get("x").asInt() + " "
                            + entity.get("owner").asInt());
        }
        return poses;
    }

    /** Waits until writes of each level are acknowledged again. */
    private static void untilAcknowledged(Writer writer) throws Exception {
        for (Durability level : Durability.values()) {
            long before = writer.acknowledgements(level);
            await("acknowledged as " + level, () -> writer.acknowledgements(level) > before);
        }
    }

    @Test
    void everyLevelKeepsItsPromise() throws Exception {
        Random random = new Random(SEED);
        System.out.printf("Zone faults, -Dnebula.zones.seed=%d%n", SEED);
        try (ZoneStack stack = new ZoneStack();
                Writer writer = new Writer(stack)) {
            EntitySession watcher = stack.open(SessionRole.SESSION_ROLE_OBSERVER, new SessionListener() {});
            watcher.joined().get(60, TimeUnit.SECONDS);
            untilAcknowledged(writer);
            int owner = stack.findOwner().orElseThrow();
            assertThat(stack.isFoundBy((owner + 1) % 3)).isTrue();
            List<String> table = new ArrayList<>();
            for (Fault fault : Fault.values()) {
                TimeUnit.MILLISECONDS.sleep(2_000 + random.nextInt(1_500));
                table.add(suffer(fault, stack, writer, watcher, random));
            }
            System.out.printf(
                    "%-24s %12s  %s%n", "fault", "seen again ms", "level: entities whose acknowledged value was lost");
            table.forEach(System.out::println);
        }
    }

    private static String suffer(Fault fault, ZoneStack stack, Writer writer, EntitySession watcher, Random random)
            throws Exception {
        int owner = stack.findOwner().orElseThrow();
        String title = "entity-sync-" + owner;
        List<String> victims = new ArrayList<>();
        if (fault == Fault.OWNER_KILLED || fault == Fault.OWNER_AND_CACHE_KILLED) {
            victims.add(title);
        }
        if (fault == Fault.CACHE_NODE_KILLED) {
            victims.add("infinispan-" + random.nextInt(3));
        }
        if (fault == Fault.OWNER_AND_CACHE_KILLED) {
            victims.addAll(List.of("infinispan-0", "infinispan-1", "infinispan-2"));
        }
        Map<String, String> processes = new TreeMap<>();
        for (String victim : victims) {
            processes.put(victim, stack.process(victim));
        }
        // What is acknowledged from now on may be so after the fault. What was before must survive.
        Map<Durability, Map<UUID, Long>> promised = new EnumMap<>(Durability.class);
        writer.acknowledged.forEach((level, values) -> promised.put(level, Map.copyOf(values)));
        // What was never promised cannot be lost, and would say nothing.
        assertThat(promised).as("seed %d", SEED).allSatisfy((level, values) -> assertThat(values)
                .as("acknowledged as %s", level)
                .isNotEmpty());
        int joined = writer.joined.get();
        long begun = System.nanoTime();
        if (fault == Fault.OWNER_PAUSED) {
            stack.signal("STOP", title);
        } else {
            stack.kill(victims.toArray(String[]::new));
        }
        // Newer values would hide that older ones are lost.
        writer.paused.set(true);
        try {
            if (fault != Fault.CACHE_NODE_KILLED) {
                await(title + " is replaced", () -> writer.joined.get() > joined);
            }
            await(
                    "every entity is seen",
                    () -> values(watcher).size() >= ENTITIES
                            && values(writer.session).size() >= ENTITIES);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            Map<UUID, Long> values = values(writer.session);
            Map<Durability, Long> lost = new EnumMap<>(Durability.class);
            promised.forEach((level, acknowledged) -> lost.put(
                    level,
                    acknowledged.entrySet().stream()
                            .filter(promise -> values.getOrDefault(promise.getKey(), -1L) < promise.getValue())
                            .count()));
            String row = String.format("%-24s %12d  %s of %d", fault, millis, lost, ENTITIES);
            for (Durability level : Durability.values()) {
                if (level.compareTo(fault.survives) >= 0) {
                    assertThat(lost.get(level))
                            .as("seed %d: %s, %s", SEED, row, level)
                            .isZero();
                }
            }
            assertThat(values).as("seed %d: each entity is there, once", SEED).containsOnlyKeys(writer.ids);
            agree(stack, watcher, writer);
            if (fault == Fault.OWNER_PAUSED) {
                stack.signal("CONT", title);
                await(title + " knows that it owns nothing", () -> stack.findOwns(owner)
                        .equals(Optional.of(false)));
                agree(stack, watcher, writer);
                assertThat(values(writer.session))
                        .as("seed %d: an owner that wakes up late changes nothing", SEED)
                        .isEqualTo(values);
            }
            writer.paused.set(false);
            untilAcknowledged(writer);
            for (String victim : victims) {
                await(
                        victim + " is started again",
                        () -> !stack.process(victim).isEmpty()
                                && !stack.process(victim).equals(processes.get(victim)));
            }
            return row;
        } finally {
            writer.paused.set(false);
            if (fault == Fault.OWNER_PAUSED) {
                // A process that is stopped cannot end with the stack.
                stack.signal("CONT", title);
            }
        }
    }

    /** Waits until one node owns the zone and every view is equal to what it has. */
    private static void agree(ZoneStack stack, EntitySession watcher, Writer writer) {
        Eventually.eventually(() -> {
            try {
                List<Integer> owners = stack.owners();
                assertThat(owners).as("seed %d", SEED).hasSize(1);
                List<JsonNode> entities = stack.entities(owners.getFirst());
                // By id, two of one id would be one.
                assertThat(entities).as("seed %d", SEED).hasSize(ENTITIES);
                Map<UUID, String> told = poses(entities);
                assertThat(poses(watcher)).as("seed %d", SEED).isEqualTo(told);
                assertThat(poses(writer.session)).as("seed %d", SEED).isEqualTo(told);
                assertThat(values(watcher)).as("seed %d", SEED).isEqualTo(values(writer.session));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException("seed " + SEED + ": not in time: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
