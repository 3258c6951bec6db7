package org.vsekai.nebula.system;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.client.entities.Durability;
import org.vsekai.nebula.client.entities.EntitySession;
import org.vsekai.nebula.client.entities.JoinedZone;
import org.vsekai.nebula.client.entities.NewEntity;
import org.vsekai.nebula.client.entities.Rotations;
import org.vsekai.nebula.client.entities.SessionListener;
import org.vsekai.nebula.client.entities.ZoneView;

/** Writes ever larger values to entities of its own in the one zone, and notes what was acknowledged. Its session is a game server's. */
final class ZoneWriter implements SessionListener, AutoCloseable {
    private static final int WRITTEN_AT_ONCE = 4;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    final Random random;
    final EntitySession session;
    final List<UUID> ids = new ArrayList<>();
    /** The newest value that was acknowledged, by level and entity. */
    final Map<Durability, Map<UUID, Long>> acknowledged = new EnumMap<>(Durability.class);

    final AtomicInteger joined = new AtomicInteger();
    final AtomicBoolean paused = new AtomicBoolean();
    private volatile boolean over;
    private final Thread thread;
    private long value;

    ZoneWriter(ZoneStack stack, int entities, long seed) throws Exception {
        random = new Random(seed);
        for (Durability level : Durability.values()) {
            acknowledged.put(level, new ConcurrentHashMap<>());
        }
        session = stack.open(SessionRole.SESSION_ROLE_SERVER, this);
        session.joined().get(60, TimeUnit.SECONDS);
        List<CompletableFuture<?>> made = new ArrayList<>();
        for (int i = 0; i < entities; i++) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            made.add(session.create(NewEntity.at(400_000 + i % 30 * 6_000, 0, 400_000 + i / 30 * 10_000)
                    .withId(id)
                    .withPersistent(true)
                    .withComponent(ZoneStack.HEALTH, bytes(0))));
            ids.add(id);
        }
        session.flush();
        CompletableFuture.allOf(made.toArray(CompletableFuture<?>[]::new)).get(60, TimeUnit.SECONDS);
        thread = Thread.ofPlatform().name("writer").start(this::write);
    }

    @Override
    public void joined(EntitySession of, JoinedZone zone, boolean again) {
        joined.incrementAndGet();
    }

    private void write() {
        while (!over) {
            if (!paused.get()) {
                List<UUID> chosen = random.ints(WRITTEN_AT_ONCE, 0, ids.size())
                        .distinct()
                        .mapToObj(ids::get)
                        .toList();
                Durability level = Durability.values()[random.nextInt(Durability.values().length)];
                long newest = ++value;
                // On the session's thread, so that a change is not dropped while the question after it is asked.
                CompletableFuture<?> unused = session.read(view -> {
                    write(view, chosen, level, newest);
                    return true;
                });
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void write(ZoneView view, List<UUID> chosen, Durability level, long newest) {
        List<UUID> written = new ArrayList<>();
        for (UUID id : chosen) {
            int slot = view.slot(id);
            if (slot >= 0 && view.findZone().orElseThrow().session() == view.owner(slot)) {
                int handle = view.handle(slot);
                int turns = (int) newest;
                session.setComponent(handle, ZoneStack.HEALTH, bytes(newest));
                session.move(handle, view.x(slot), turns % 1_000, view.z(slot));
                session.turn(handle, Rotations.encode(0, Math.sin(turns), 0, Math.cos(turns)));
                session.accelerate(handle, turns % 7, turns % 11, turns % 13);
                written.add(id);
            } else if (slot >= 0) {
                session.requestAuthority(view.handle(slot));
            }
        }
        if (!written.isEmpty()) {
            CompletableFuture<Durability> unused = session.askDurability(level).whenComplete((safe, failure) -> {
                if (failure == null) {
                    written.forEach(id -> acknowledged.get(level).merge(id, newest, Math::max));
                }
            });
        }
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

    /** Waits until writes of each level are acknowledged again. */
    void untilAcknowledged() throws Exception {
        for (Durability level : Durability.values()) {
            long before = acknowledgements(level);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
            while (acknowledgements(level) == before) {
                if (System.nanoTime() > end) {
                    throw new TimeoutException("nothing is acknowledged as " + level);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** What the session sees, by entity. */
    static Map<UUID, Long> values(EntitySession session) throws Exception {
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

    private static ByteString bytes(long value) {
        return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(value).flip());
    }
}
