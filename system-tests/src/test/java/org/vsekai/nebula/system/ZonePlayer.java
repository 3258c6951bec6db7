package org.vsekai.nebula.system;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.client.entities.AreaOfInterest;
import org.vsekai.nebula.client.entities.Durability;
import org.vsekai.nebula.client.entities.EntityClientException;
import org.vsekai.nebula.client.entities.EntitySession;
import org.vsekai.nebula.client.entities.JoinedZone;
import org.vsekai.nebula.client.entities.NewEntity;
import org.vsekai.nebula.client.entities.Refusal;
import org.vsekai.nebula.client.entities.Rotations;
import org.vsekai.nebula.client.entities.SessionListener;
import org.vsekai.nebula.client.entities.ZoneView;

/**
 * A session that does what it is told to, and notes what it was promised. What it does happens on the session's thread; {@link #act} and
 * {@link #look} are for any.
 */
final class ZonePlayer implements SessionListener {
    private static final int SIZE = ZoneStack.CELL_SIZE * ZoneStack.CELLS;
    private static final int LARGEST_RADIUS = 256_000;
    private static final Set<Integer> COMPONENTS = Set.of(ZoneStack.HEALTH, ZoneStack.MOOD);

    /** Something that a player can do, in a joined session. */
    @FunctionalInterface
    interface Action {
        void act(ZonePlayer player, ZoneView view, Random random);
    }

    /**
     * What a player sees.
     *
     * @param joined whether it was so when it looked
     * @param strangers how often it was told of what it does not know
     * @param followed the entity that its area follows
     */
    record Seen(
            boolean joined,
            Set<Integer> openCells,
            List<ToldEntity> entities,
            AreaOfInterest area,
            Optional<UUID> followed,
            long strangers) {}

    final String zone;
    final SessionRole role;
    final EntitySession session;
    private final ZonePromises promises;
    private final AtomicLong values;
    private volatile boolean joined;

    // What follows belongs to the session's thread.
    private final Map<Integer, UUID> ids = new HashMap<>();
    private final Map<UUID, Long> written = new HashMap<>();
    private final Set<UUID> deleted = new HashSet<>();
    private final List<ZonePromises.Asked> open = new ArrayList<>();
    private AreaOfInterest area;
    private Optional<UUID> followed = Optional.empty();

    /** @param values what is written, ever larger, whoever writes */
    ZonePlayer(
            ZoneStack stack, String zone, SessionRole role, ZonePromises promises, AtomicLong values, Random random) {
        this.zone = zone;
        this.role = role;
        this.promises = promises;
        this.values = values;
        area = randomArea(random);
        session = stack.open(zone, role, area, this);
    }

    @Override
    public void joined(EntitySession of, JoinedZone to, boolean again) {
        // What was written to the stream before may be lost, and no answer speaks of it.
        ids.clear();
        written.clear();
        deleted.clear();
        joined = true;
    }

    @Override
    public void interrupted(EntitySession of, EntityClientException cause) {
        joined = false;
    }

    @Override
    public void refused(EntitySession of, Refusal refusal) {
        UUID id = ids.get(refusal.handle());
        if (id != null) {
            written.remove(id);
            deleted.remove(id);
            open.forEach(asked -> asked.forget(id));
        }
    }

    @Override
    public void authorityAsked(EntitySession of, int handle, int by) {
        // Every other one is given away.
        if (handle % 2 == 0) {
            of.releaseAuthority(handle, by);
            of.flush();
        }
    }

    /** Does nothing while the session is not joined. Waits, so that steps have one order. */
    void act(Action action, Random random) throws Exception {
        session.read(view -> {
                    if (joined) {
                        action.act(this, view, random);
                        session.flush();
                    }
                    return true;
                })
                .get(30, TimeUnit.SECONDS);
    }

    Seen look() throws Exception {
        return session.read(view -> {
                    Set<Integer> cells = new HashSet<>();
                    for (int cell = 0; cell < ZoneStack.CELLS * ZoneStack.CELLS; cell++) {
                        if (view.isOpen(cell)) {
                            cells.add(cell);
                        }
                    }
                    return new Seen(
                            joined,
                            cells,
                            ToldEntity.all(view, COMPONENTS),
                            area,
                            followed,
                            view.unknownHandles() + view.unknownCells() + view.unknownComponents());
                })
                .get(30, TimeUnit.SECONDS);
    }

    // What a player does.

    void create(ZoneView view, Random random) {
        for (int i = random.nextInt(6); i >= 0; i--) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            boolean persistent = random.nextInt(4) > 0;
            long value = values.incrementAndGet();
            promises.creates(id, persistent, value);
            CompletableFuture<?> unused = session.create(
                            NewEntity.at(near(area.x(), random), random.nextInt(10_000), near(area.z(), random))
                                    .withId(id)
                                    .withPersistent(persistent)
                                    .withRotation(rotation(random))
                                    .withComponent(ZoneStack.HEALTH, health(value)))
                    // On this thread; a question that is asked after it speaks of it.
                    .thenAccept(made -> {
                        ids.put(made.handle(), id);
                        written.merge(id, value, Math::max);
                    });
        }
    }

    void move(ZoneView view, Random random) {
        own(view, random, slot -> {
            int handle = view.handle(slot);
            if (random.nextInt(4) == 0) {
                session.move(handle, random.nextInt(SIZE), random.nextInt(10_000), random.nextInt(SIZE));
            } else {
                session.move(handle, step(view.x(slot), random), view.y(slot), step(view.z(slot), random));
                session.turn(handle, rotation(random));
                session.accelerate(handle, random.nextInt(5_000) - 2_500, 0, random.nextInt(5_000) - 2_500);
            }
        });
    }

    void write(ZoneView view, Random random) {
        own(view, random, slot -> {
            UUID id = view.id(slot);
            int handle = view.handle(slot);
            long value = values.incrementAndGet();
            promises.writes(id, value);
            ids.put(handle, id);
            written.merge(id, value, Math::max);
            session.setComponent(handle, ZoneStack.HEALTH, health(value));
            if (random.nextBoolean()) {
                byte[] mood = new byte[random.nextInt(17)];
                random.nextBytes(mood);
                session.setComponent(handle, ZoneStack.MOOD, ByteString.copyFrom(mood));
            }
        });
    }

    void delete(ZoneView view, Random random) {
        Consumer<Integer> delete = slot -> {
            UUID id = view.id(slot);
            ids.put(view.handle(slot), id);
            promises.deletes(id);
            deleted.add(id);
            session.delete(view.handle(slot));
        };
        if (role == SessionRole.SESSION_ROLE_SERVER) {
            any(view, random).ifPresent(delete);
        } else {
            own(view, random, delete);
        }
    }

    void requestAuthority(ZoneView view, Random random) {
        any(view, random).ifPresent(slot -> session.requestAuthority(view.handle(slot)));
    }

    /** To whoever owns something else that is in view, or to nobody. */
    void releaseAuthority(ZoneView view, Random random) {
        own(
                view,
                random,
                slot -> session.releaseAuthority(
                        view.handle(slot),
                        random.nextBoolean()
                                ? 0
                                : any(view, random).map(view::owner).orElse(0)));
    }

    void lookElsewhere(ZoneView view, Random random) {
        Optional<Integer> slot = any(view, random);
        if (slot.isPresent() && random.nextInt(3) == 0) {
            followed = Optional.of(view.id(slot.get()));
            area = AreaOfInterest.following(view.handle(slot.get()), radius(random));
        } else {
            followed = Optional.empty();
            area = random.nextInt(12) == 0 ? AreaOfInterest.NOTHING : randomArea(random);
        }
        session.setInterest(area);
    }

    void ask(ZoneView view, Random random) {
        Durability level = Durability.values()[random.nextInt(Durability.values().length)];
        ZonePromises.Asked asked = new ZonePromises.Asked(new HashMap<>(written), new HashSet<>(deleted));
        open.add(asked);
        CompletableFuture<?> unused = session.askDurability(level).whenComplete((safe, failure) -> {
            // By identity: two may be equal.
            open.removeIf(other -> other == asked);
            if (failure == null) {
                promises.acknowledged(level, asked);
            }
        });
    }

    private static AreaOfInterest randomArea(Random random) {
        return AreaOfInterest.around(random.nextInt(SIZE), random.nextInt(SIZE), radius(random));
    }

    private static int radius(Random random) {
        return 50_000 + random.nextInt(LARGEST_RADIUS - 50_000);
    }

    private static int near(int middle, Random random) {
        return within(middle + random.nextInt(200_000) - 100_000);
    }

    private static int step(int from, Random random) {
        return within(from + random.nextInt(60_000) - 30_000);
    }

    private static int within(int at) {
        return Math.clamp(at, 0, SIZE - 1);
    }

    private static int rotation(Random random) {
        double angle = random.nextDouble() * Math.PI;
        return Rotations.encode(0, Math.sin(angle), 0, Math.cos(angle));
    }

    private static ByteString health(long value) {
        return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(value).flip());
    }

    private static void own(ZoneView view, Random random, Consumer<Integer> then) {
        int self = view.findZone().orElseThrow().session();
        choose(view, random, slot -> view.owner(slot) == self).ifPresent(then);
    }

    private static Optional<Integer> any(ZoneView view, Random random) {
        return choose(view, random, slot -> true);
    }

    private static Optional<Integer> choose(ZoneView view, Random random, IntPredicate which) {
        List<Integer> slots = new ArrayList<>();
        view.forEach(slot -> {
            if (which.test(slot)) {
                slots.add(slot);
            }
        });
        return slots.isEmpty() ? Optional.empty() : Optional.of(slots.get(random.nextInt(slots.size())));
    }
}
