package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.client.entities.Durability;
import org.vsekai.nebula.client.entities.EntitySession;
import org.vsekai.nebula.client.entities.SessionListener;
import org.vsekai.nebula.kit.testing.Eventually;

/**
 * Processes die and freeze under load. Whatever was acknowledged must be there afterwards if its level promised that; everybody then
 * sees the same; and a table tells what each fault did to each level.
 */
@Tag("alone")
class ZoneFaultsIT {
    private static final long SEED = Long.getLong("nebula.zones.seed", System.nanoTime());
    /** Of a zone's page there are 256. */
    private static final int ENTITIES = 600;

    private static final Set<Integer> COMPONENTS = Set.of(ZoneStack.HEALTH);

    /** What is done to processes, and what it may cost. */
    private enum Fault {
        OWNER_KILLED(Durability.REPLICATED),
        /** What the next owner takes up has lost one of its two copies a moment ago. */
        CACHE_NODE_THEN_OWNER_KILLED(Durability.REPLICATED),
        DATABASE_RESTARTED(Durability.MEMORY),
        OWNER_PAUSED(Durability.REPLICATED),
        OWNER_CACHE_AND_DATABASE_KILLED(Durability.DATABASE);

        /** The lowest level that survives it. */
        final Durability survives;

        Fault(Durability survives) {
            this.survives = survives;
        }
    }

    private static List<ToldEntity> told(EntitySession session) throws Exception {
        return session.read(view -> ToldEntity.all(view, COMPONENTS)).get(10, TimeUnit.SECONDS);
    }

    @Test
    void everyLevelKeepsItsPromise() throws Exception {
        Random random = new Random(SEED);
        System.out.printf("Zone faults, -Dnebula.zones.seed=%d%n", SEED);
        try (ZoneStack stack = new ZoneStack();
                ZoneWriter writer = new ZoneWriter(stack, ENTITIES, SEED)) {
            EntitySession watcher = stack.open(SessionRole.SESSION_ROLE_OBSERVER, new SessionListener() {});
            watcher.joined().get(60, TimeUnit.SECONDS);
            writer.untilAcknowledged();
            int owner = stack.findOwner().orElseThrow();
            assertThat(stack.isFoundBy((owner + 1) % 3)).isTrue();
            List<String> table = new ArrayList<>();
            for (Fault fault : Fault.values()) {
                TimeUnit.MILLISECONDS.sleep(2_000 + random.nextInt(1_500));
                table.add(suffer(fault, stack, writer, watcher, random));
            }
            System.out.printf(
                    "%-32s %13s %s%n", "fault", "seen again ms", "level: entities whose acknowledged value was lost");
            table.forEach(System.out::println);
        }
    }

    private static String suffer(Fault fault, ZoneStack stack, ZoneWriter writer, EntitySession watcher, Random random)
            throws Exception {
        int owner = stack.findOwner().orElseThrow();
        String title = "entity-sync-" + owner;
        Map<String, String> processes = new TreeMap<>();
        for (String victim : victims(fault, title)) {
            processes.put(victim, stack.process(victim));
        }
        if (fault == Fault.CACHE_NODE_THEN_OWNER_KILLED) {
            processes.putAll(killCacheNode(stack, random));
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
        switch (fault) {
            case OWNER_KILLED, CACHE_NODE_THEN_OWNER_KILLED -> stack.kill(title);
            case DATABASE_RESTARTED -> stack.killDatabase();
            case OWNER_PAUSED -> stack.signal("STOP", title);
            case OWNER_CACHE_AND_DATABASE_KILLED -> {
                stack.kill(processes.keySet().toArray(String[]::new));
                stack.killDatabase();
            }
        }
        // Newer values would hide that older ones are lost.
        writer.paused.set(true);
        try {
            if (fault != Fault.DATABASE_RESTARTED) {
                await(title + " is replaced", () -> writer.joined.get() > joined);
            }
            await(
                    "every entity is seen",
                    () -> ZoneWriter.values(watcher).size() >= ENTITIES
                            && ZoneWriter.values(writer.session).size() >= ENTITIES);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            // What is in the zone may yet have to be told.
            agree(stack, watcher, writer);
            Map<UUID, Long> values = ZoneWriter.values(writer.session);
            Map<Durability, Long> lost = new EnumMap<>(Durability.class);
            Map<Durability, String> cells = new EnumMap<>(Durability.class);
            promised.forEach((level, acknowledged) -> {
                long count = acknowledged.entrySet().stream()
                        .filter(promise -> values.getOrDefault(promise.getKey(), -1L) < promise.getValue())
                        .count();
                lost.put(level, count);
                cells.put(level, count + " of " + acknowledged.size());
            });
            String row = String.format("%-32s %13d %s", fault, millis, cells);
            for (Durability level : Durability.values()) {
                if (level.compareTo(fault.survives) >= 0) {
                    assertThat(lost.get(level))
                            .as("seed %d: %s, %s", SEED, row, level)
                            .isZero();
                }
            }
            assertThat(values).as("seed %d: each entity is there, once", SEED).containsOnlyKeys(writer.ids);
            if (fault == Fault.OWNER_PAUSED) {
                stack.signal("CONT", title);
                await(title + " knows that it owns nothing", () -> stack.findOwned(owner)
                        .equals(Optional.of(Set.of())));
                agree(stack, watcher, writer);
                assertThat(ZoneWriter.values(writer.session))
                        .as("seed %d: an owner that wakes up late changes nothing", SEED)
                        .isEqualTo(values);
            }
            writer.paused.set(false);
            writer.untilAcknowledged();
            for (Map.Entry<String, String> victim : processes.entrySet()) {
                await(
                        victim.getKey() + " is started again",
                        () -> !stack.process(victim.getKey()).isEmpty()
                                && !stack.process(victim.getKey()).equals(victim.getValue()));
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

    /** Whose process the fault ends. */
    private static List<String> victims(Fault fault, String owner) {
        return switch (fault) {
            case OWNER_KILLED, CACHE_NODE_THEN_OWNER_KILLED -> List.of(owner);
            case DATABASE_RESTARTED, OWNER_PAUSED -> List.of();
            case OWNER_CACHE_AND_DATABASE_KILLED -> List.of(owner, "infinispan-0", "infinispan-1", "infinispan-2");
        };
    }

    /** Answers which, and what its process was. The zone goes on for a moment that nobody chose. */
    private static Map<String, String> killCacheNode(ZoneStack stack, Random random) throws Exception {
        String node = "infinispan-" + random.nextInt(3);
        String process = stack.process(node);
        stack.kill(node);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
        return Map.of(node, process);
    }

    /** Waits until one node owns the zone and every view is equal to what it has. */
    private static void agree(ZoneStack stack, EntitySession watcher, ZoneWriter writer) {
        Eventually.eventually(() -> {
            try {
                List<Integer> owners = stack.owners(ZoneStack.ZONE);
                assertThat(owners).as("seed %d", SEED).hasSize(1);
                List<JsonNode> entities = stack.entities(owners.getFirst(), ZoneStack.ZONE);
                // By id, two of one id would be one.
                assertThat(entities).as("seed %d", SEED).hasSize(ENTITIES);
                List<ToldEntity> told = ToldEntity.all(entities);
                assertThat(told(watcher)).as("seed %d", SEED).isEqualTo(told);
                assertThat(told(writer.session)).as("seed %d", SEED).isEqualTo(told);
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
