package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.client.entities.AreaOfInterest;
import org.vsekai.nebula.client.entities.Durability;

/**
 * Random sessions in a world of several zones do random things, while zones are moved and their nodes killed and paused. Whenever all is
 * quiet again, every session must see what the owner of its zone has where the session looks, and nothing else; no entity may be in two
 * zones; and whatever was acknowledged must be there.
 */
@Tag("alone")
class ZoneModelIT {
    private static final long SEED = Long.getLong("nebula.zones.model.seed", System.nanoTime());
    private static final long SECONDS = Long.getLong("nebula.zones.model.seconds", 60);
    private static final List<String> ZONES = List.of("city/0/0", "city/0/1", "city/1/0", "city/1/1", ZoneStack.ZONE);
    private static final int PLAYERS = 12;
    private static final int STEPS = 250;
    private static final long PAUSE_MILLIS = 4;
    private static final long PATIENCE_SECONDS = 120;
    /** Cells are chosen anew when the middle has moved by more than this part of one. */
    private static final int SLACK = ZoneStack.CELL_SIZE / 16;

    /** What happens in the middle of a round. */
    private enum Event {
        NOTHING,
        ZONE_RELEASED,
        /** For less than a lease. */
        OWNER_PAUSED_BRIEFLY,
        OWNER_PAUSED,
        OWNER_KILLED;

        /** Whether what was not acknowledged as more than memory may be lost. */
        boolean isHarmful() {
            return this == OWNER_PAUSED_BRIEFLY || this == OWNER_PAUSED || this == OWNER_KILLED;
        }
    }

    private final Random random = new Random(SEED);
    private final List<ZonePlayer.Action> actions = actions();
    private final ZonePromises promises = new ZonePromises();
    private final AtomicLong values = new AtomicLong();
    private final List<ZonePlayer> players = new ArrayList<>();
    private long steps;

    /** What players do, and how often. */
    private static List<ZonePlayer.Action> actions() {
        List<ZonePlayer.Action> actions = new ArrayList<>();
        actions.addAll(Collections.nCopies(10, ZonePlayer::create));
        actions.addAll(Collections.nCopies(40, ZonePlayer::move));
        actions.addAll(Collections.nCopies(30, ZonePlayer::write));
        actions.addAll(Collections.nCopies(6, ZonePlayer::delete));
        actions.addAll(Collections.nCopies(10, ZonePlayer::requestAuthority));
        actions.addAll(Collections.nCopies(5, ZonePlayer::releaseAuthority));
        actions.addAll(Collections.nCopies(8, ZonePlayer::lookElsewhere));
        actions.addAll(Collections.nCopies(20, ZonePlayer::ask));
        return actions;
    }

    @Test
    void whenAllIsQuietEverybodySeesWhatIsThere() throws Exception {
        System.out.printf("Model of zones, -Dnebula.zones.model.seed=%d%n", SEED);
        Map<Event, Integer> events = new EnumMap<>(Event.class);
        int rounds = 0;
        try (ZoneStack stack = ZoneStack.withCity(2)) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            List<Event> next = new ArrayList<>();
            do {
                if (next.isEmpty()) {
                    next.addAll(List.of(Event.values()));
                    Collections.shuffle(next, random);
                }
                Event event = next.removeLast();
                events.merge(event, 1, Integer::sum);
                round(stack, event, "seed %d, round %d, %s".formatted(SEED, ++rounds, event));
            } while (System.nanoTime() < end);
            System.out.printf(
                    "%d steps in %d rounds %s; acknowledged %s; %d entities promised at the end%n",
                    steps, rounds, events, promises.acknowledgements(), promises.promised());
            assertThat(promises.acknowledgements()).as("seed %d", SEED).containsOnlyKeys(Durability.values());
        }
    }

    private void round(ZoneStack stack, Event event, String title) throws Exception {
        if (event != Event.NOTHING) {
            // The ledger needs two of its three members, and the zone somebody who claims it.
            await(title + ": all nodes answer", () -> {
                for (int node = 0; node < ZoneStack.NODES; node++) {
                    if (stack.findOwned(node).isEmpty()) {
                        return false;
                    }
                }
                return true;
            });
        }
        steps(stack, STEPS / 2);
        String zone = players.isEmpty() ? ZoneStack.ZONE : players.get(random.nextInt(players.size())).zone;
        List<Integer> owners = stack.owners(zone);
        int owner = owners.isEmpty() ? 0 : owners.getFirst();
        String process = "entity-sync-" + owner;
        switch (event) {
            case NOTHING -> {}
            case ZONE_RELEASED -> stack.release(owner, zone);
            case OWNER_PAUSED, OWNER_PAUSED_BRIEFLY -> stack.signal("STOP", process);
            case OWNER_KILLED -> stack.kill(process);
        }
        try {
            steps(stack, STEPS / 2);
            if (event == Event.OWNER_PAUSED) {
                await(title + ": the zone has another owner", () -> stack.owners(zone).stream()
                        .anyMatch(other -> other != owner));
            }
        } finally {
            if (event == Event.OWNER_PAUSED || event == Event.OWNER_PAUSED_BRIEFLY) {
                stack.signal("CONT", process);
            }
        }
        steps(stack, STEPS / 10);
        agree(stack, event, title);
    }

    private void steps(ZoneStack stack, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            steps++;
            int choice = random.nextInt(40);
            if (choice == 0 && players.size() > PLAYERS / 2) {
                players.remove(random.nextInt(players.size())).session.close();
            } else if (choice <= 1 && players.size() < PLAYERS || players.isEmpty()) {
                players.add(join(stack));
            } else {
                ZonePlayer player = players.get(random.nextInt(players.size()));
                player.act(actions.get(random.nextInt(actions.size())), new Random(random.nextLong()));
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private ZonePlayer join(ZoneStack stack) {
        SessionRole role =
                switch (random.nextInt(6)) {
                    case 0 -> SessionRole.SESSION_ROLE_SERVER;
                    case 1 -> SessionRole.SESSION_ROLE_OBSERVER;
                    default -> SessionRole.SESSION_ROLE_PLAYER;
                };
        return new ZonePlayer(stack, ZONES.get(random.nextInt(ZONES.size())), role, promises, values, random);
    }

    /** Waits until all sees the same. Nothing changes meanwhile but what is still on its way. */
    private void agree(ZoneStack stack, Event event, String title) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            List<String> wrong = differences(stack);
            if (event.isHarmful()) {
                // As late as this: what was acknowledged just before the harm may have been heard of after it.
                promises.forget(Durability.MEMORY);
            }
            if (wrong.isEmpty()) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError(title + ": " + String.join("\n", wrong));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private List<String> differences(ZoneStack stack) throws Exception {
        List<String> wrong = new ArrayList<>();
        Map<UUID, Long> present = new HashMap<>();
        Map<String, List<ToldEntity>> told = new TreeMap<>();
        for (String zone : ZONES) {
            List<Integer> owners = stack.owners(zone);
            if (owners.size() != 1) {
                return List.of(zone + " is owned by " + owners);
            }
            List<ToldEntity> entities;
            long sessions;
            try {
                entities = ToldEntity.all(stack.entities(owners.getFirst(), zone));
                sessions = stack.sessions(owners.getFirst(), zone).stream()
                        .filter(session -> !session.get("away").asBoolean())
                        .count();
            } catch (IOException e) {
                return List.of(zone + " does not answer: " + e.getMessage());
            }
            told.put(zone, entities);
            for (ToldEntity entity : entities) {
                ByteString value = entity.components().getOrDefault(ZoneStack.HEALTH, ByteString.EMPTY);
                if (present.put(
                                entity.id(),
                                value.isEmpty()
                                        ? -1
                                        : value.asReadOnlyByteBuffer().getLong())
                        != null) {
                    wrong.add(entity.id() + " is there twice");
                }
            }
            long players = this.players.stream()
                    .filter(player -> player.zone.equals(zone))
                    .count();
            if (sessions != players) {
                wrong.add(zone + " has " + sessions + " sessions, not " + players);
            }
        }
        wrong.addAll(promises.broken(present));
        for (int i = 0; i < players.size(); i++) {
            ZonePlayer player = players.get(i);
            String name = "player " + i + " in " + player.zone + ": ";
            if (player.session.ended().isDone()) {
                throw new AssertionError("seed " + SEED + ": " + name + "ended: "
                        + player.session.ended().exceptionNow());
            }
            for (String difference : differences(player.look(), told.get(player.zone))) {
                wrong.add(name + difference);
            }
        }
        return wrong;
    }

    private static List<String> differences(ZonePlayer.Seen seen, List<ToldEntity> there) {
        List<String> wrong = new ArrayList<>();
        if (!seen.joined()) {
            wrong.add("is not joined");
            return wrong;
        }
        Set<ToldEntity> expected = new HashSet<>(there);
        expected.removeIf(entity -> !seen.openCells().contains(entity.cell()));
        Set<ToldEntity> actual = new HashSet<>(seen.entities());
        for (ToldEntity entity : expected) {
            if (!actual.contains(entity)) {
                wrong.add("does not see " + entity);
            }
        }
        for (ToldEntity entity : actual) {
            if (!expected.contains(entity)) {
                wrong.add("sees " + entity);
            }
        }
        if (seen.strangers() > 0) {
            wrong.add("was told " + seen.strangers() + " times of what it does not know");
        }
        wrong.addAll(wrongCells(seen));
        return wrong;
    }

    /** Cells that meet the circle are open; others may be, if they were, up to a cell away. */
    private static List<String> wrongCells(ZonePlayer.Seen seen) {
        AreaOfInterest area = seen.area();
        int slack = 0;
        if (seen.followed().isPresent()) {
            UUID id = seen.followed().get();
            List<ToldEntity> followed = seen.entities().stream()
                    .filter(entity -> entity.id().equals(id))
                    .toList();
            if (followed.isEmpty()) {
                // Gone, or out of sight; the middle is where it was last.
                return List.of();
            }
            List<Integer> at = followed.getFirst().position();
            area = AreaOfInterest.around(at.get(0), at.get(2), area.radius());
            slack = 2 * SLACK;
        }
        List<String> wrong = new ArrayList<>();
        for (int cell = 0; cell < ZoneStack.CELLS * ZoneStack.CELLS; cell++) {
            double distance =
                    Math.hypot(beyond(area.x(), cell % ZoneStack.CELLS), beyond(area.z(), cell / ZoneStack.CELLS));
            boolean isOpen = seen.openCells().contains(cell);
            boolean mustBe = area.radius() > 0 && distance <= area.radius() - slack;
            boolean mayBe = area.radius() > 0 && distance <= area.radius() + ZoneStack.CELL_SIZE + slack;
            if (mustBe && !isOpen) {
                wrong.add("does not see the cell " + cell + ", with " + area);
            } else if (isOpen && !mayBe) {
                wrong.add("sees the cell " + cell + ", with " + area);
            }
        }
        return wrong;
    }

    /** From a place to the nearest of a column of cells. The border's cells reach to infinity. */
    private static double beyond(int at, int column) {
        long low = (long) column * ZoneStack.CELL_SIZE;
        if (at < low) {
            return column == 0 ? 0 : low - at;
        }
        long high = low + ZoneStack.CELL_SIZE;
        return at > high && column < ZoneStack.CELLS - 1 ? at - high : 0;
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException(what + ": not in time");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
