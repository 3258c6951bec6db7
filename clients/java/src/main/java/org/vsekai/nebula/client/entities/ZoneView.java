package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one session sees of its zone: the entities in its open cells, as the newest frame told of them. No threads, no clock, no network;
 * not safe for threads.
 *
 * <p>Entities stand in columns; a slot is an index into each. An entity keeps its slot while it is in view, and another may have it after.
 * Frames' bytes are read straight into the columns (see {@link FrameReader}), and once they have grown nothing is allocated for movements.
 * An entity without named components takes about 90 bytes.
 *
 * <p>Lengths are millimetres from the zone's corner, velocities millimetres a second, rotations as {@link Rotations} has them.
 */
public final class ZoneView {
    /** Bytes of a frame: what the protocol allows, and room for one entity's own size beyond it. */
    public static final int LARGEST_FRAME = 1 << 20;

    /** Entities that a zone may have. */
    public static final int MOST_ENTITIES = 1 << 20;

    private static final int MOST_CELLS = 1 << 16;
    private static final int FIRST_SLOTS = 64;

    private final int mostEntities;
    private final FrameReader reader = new FrameReader(this);
    private final IntIndex byHandle = new IntIndex();
    private final IntIndex openCells = new IntIndex();
    private IdIndex ids = new IdIndex();

    // By slot. A handle of 0 is nobody's: the slot is free.
    private int[] handles = {};
    int[] x = {};
    int[] y = {};
    int[] z = {};
    int[] rotation = {};
    int[] velocityX = {};
    int[] velocityY = {};
    int[] velocityZ = {};
    int[] owner = {};
    private int[] cell = {};
    private @Nullable ComponentValues[] components = new @Nullable ComponentValues[0];

    // Entities of one cell form a list, and so do free slots; each holds one more than the slot, and 0 is its end.
    private int[] next = {};
    private int[] previous = {};
    private int free;
    private int reach;
    private int size;

    // The open cells: the first entity of each, by an index of its own, and the free ones of these as a list.
    private int[] firstIn = {};
    private int freeCell;
    private int reachOfCells;

    private @Nullable JoinedZone zone;
    private @Nullable ViewListener listener;
    long tick;
    long updates;
    long unknownHandles;
    long unknownComponents;
    long unknownCells;

    /** Of as many entities as a zone may have. */
    public ZoneView() {
        this(MOST_ENTITIES);
    }

    /** @param mostEntities a frame that tells of more is refused; 1 to {@link #MOST_ENTITIES} */
    public ZoneView(int mostEntities) {
        if (mostEntities < 1 || mostEntities > MOST_ENTITIES) {
            throw new IllegalArgumentException(
                    "a view of 1 to %d entities, not %d".formatted(MOST_ENTITIES, mostEntities));
        }
        this.mostEntities = mostEntities;
    }

    /** Who hears of changes from now on; null: nobody. */
    public void listen(@Nullable ViewListener listener) {
        this.listener = listener;
    }

    /**
     * Does to the view what a {@code ServerFrame} says of it; what else the frame says is passed over. A frame with a {@code Welcome} begins
     * the view anew.
     *
     * @throws MalformedFrameException if it is no frame; the view is of use again after the next {@code Welcome}
     */
    public void apply(byte[] bytes, int offset, int length) {
        reader.apply(bytes, offset, length);
    }

    FrameReader reader() {
        return reader;
    }

    /** The zone of the last {@code Welcome}; empty before the first. */
    public Optional<JoinedZone> findZone() {
        return Optional.ofNullable(zone);
    }

    /** Of the newest frame; 0 before the first. Unsigned. */
    public long tick() {
        return tick;
    }

    /** Entities in view. */
    public int size() {
        return size;
    }

    /** How often an entity's values were told, since the view was made; a measure of work. */
    public long updates() {
        return updates;
    }

    /** How often a frame changed an entity that the view does not have; such changes are ignored, and a server that keeps step sends none. */
    public long unknownHandles() {
        return unknownHandles;
    }

    /** How often a frame told a component that the zone's schema does not have; such are ignored. */
    public long unknownComponents() {
        return unknownComponents;
    }

    /** How often a frame told of a cell that is not open; such updates are ignored. */
    public long unknownCells() {
        return unknownCells;
    }

    public int openCells() {
        return openCells.size();
    }

    public boolean isOpen(int cellNumber) {
        return openCells.get(cellNumber) >= 0;
    }

    /** The slot of the entity with this handle, or -1 if it is not in view. */
    public int slot(int handle) {
        return byHandle.get(handle);
    }

    /** The slot of the entity with this id, or -1 if it is not in view. */
    public int slot(UUID id) {
        return slot(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /** The same, by the id's halves. */
    public int slot(long idHigh, long idLow) {
        return ids.find(idHigh, idLow);
    }

    /** The first slot with an entity, or -1. Together with {@link #next} it passes over every entity, in no order that means anything. */
    public int first() {
        return next(-1);
    }

    /** The next slot with an entity after this one, or -1. */
    public int next(int slot) {
        for (int i = slot + 1; i < reach; i++) {
            if (handles[i] != 0) {
                return i;
            }
        }
        return -1;
    }

    public void forEach(IntConsumer slots) {
        for (int slot = first(); slot >= 0; slot = next(slot)) {
            slots.accept(slot);
        }
    }

    // What follows is of the entity in a slot, which must have one.

    public int handle(int slot) {
        return handles[slot];
    }

    public UUID id(int slot) {
        return new UUID(ids.high[slot], ids.low[slot]);
    }

    /** The id's upper half. */
    public long idHigh(int slot) {
        return ids.high[slot];
    }

    /** The id's lower half. */
    public long idLow(int slot) {
        return ids.low[slot];
    }

    public int x(int slot) {
        return x[slot];
    }

    public int y(int slot) {
        return y[slot];
    }

    public int z(int slot) {
        return z[slot];
    }

    public int rotation(int slot) {
        return rotation[slot];
    }

    public int velocityX(int slot) {
        return velocityX[slot];
    }

    public int velocityY(int slot) {
        return velocityY[slot];
    }

    public int velocityZ(int slot) {
        return velocityZ[slot];
    }

    /** The owning session's number; 0: nobody. */
    public int owner(int slot) {
        return owner[slot];
    }

    /** The number of the cell that the entity is in, as far as this session has been told. */
    public int cell(int slot) {
        return cell[slot];
    }

    /** A named component's value; empty if the entity does not have it. */
    public Optional<ByteString> findComponent(int slot, int number) {
        ComponentValues values = components[slot];
        return values == null ? Optional.empty() : values.find(number);
    }

    /**
     * The sum of all entities' {@link #checksum(long, long, int, int, int, int)}: the same for all views that have the same entities at the
     * same places, in whatever order they came to know them. Takes time for each entity.
     */
    public long checksum() {
        long sum = 0;
        for (int slot = 0; slot < reach; slot++) {
            if (handles[slot] != 0) {
                sum += checksum(ids.high[slot], ids.low[slot], x[slot], y[slot], z[slot], rotation[slot]);
            }
        }
        return sum;
    }

    /** What one entity adds to {@link #checksum()}, so that others can compute what a view should have. */
    public static long checksum(long idHigh, long idLow, int x, int y, int z, int rotation) {
        long hash = mix(idHigh + 0x9E3779B97F4A7C15L);
        hash = mix(hash ^ idLow);
        hash = mix(hash ^ ((long) x << 32 | (z & 0xFFFF_FFFFL)));
        return mix(hash ^ ((long) y << 32 | (rotation & 0xFFFF_FFFFL)));
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014; constants of Stafford's variant 13). */
    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    // What follows is said by frames.

    void begin(JoinedZone joined) {
        for (int slot = first(); listener != null && slot >= 0; slot = next(slot)) {
            listener.left(this, slot);
        }
        zone = joined;
        byHandle.clear();
        openCells.clear();
        ids = new IdIndex();
        size = 0;
        free = 0;
        reach = 0;
        freeCell = 0;
        reachOfCells = 0;
        resize(0);
    }

    @Nullable
    JoinedZone zone() {
        return zone;
    }

    @Nullable
    ViewListener listener() {
        return listener;
    }

    /** It begins empty, even if it was open. */
    void open(int cellNumber) {
        if (isOpen(cellNumber)) {
            empty(cellNumber);
            return;
        }
        if (openCells.size() == MOST_CELLS) {
            throw new MalformedFrameException("more than " + MOST_CELLS + " open cells");
        }
        int at;
        if (freeCell != 0) {
            at = freeCell - 1;
            freeCell = firstIn[at];
        } else {
            at = reachOfCells++;
            if (at == firstIn.length) {
                firstIn = Arrays.copyOf(firstIn, Math.max(16, at * 2));
            }
        }
        firstIn[at] = 0;
        openCells.put(cellNumber, at);
    }

    void close(int cellNumber) {
        if (isOpen(cellNumber)) {
            empty(cellNumber);
            int at = openCells.remove(cellNumber);
            firstIn[at] = freeCell;
            freeCell = at + 1;
        }
    }

    /** Drops what is in an open cell. */
    void empty(int cellNumber) {
        int at = openCells.get(cellNumber);
        while (firstIn[at] != 0) {
            remove(firstIn[at] - 1);
        }
    }

    /** The slot of an entity that is new to the view, in an open cell; the caller fills in the rest. */
    int add(int handle, long idHigh, long idLow, int cellNumber) {
        if (size == mostEntities) {
            throw new MalformedFrameException("more than " + mostEntities + " entities in view");
        }
        int slot;
        if (free != 0) {
            slot = free - 1;
            free = next[slot];
        } else {
            slot = reach++;
            if (slot == handles.length) {
                resize(Math.min(mostEntities, Math.max(FIRST_SLOTS, slot * 2)));
            }
        }
        size++;
        handles[slot] = handle;
        byHandle.put(handle, slot);
        ids.add(slot, idHigh, idLow);
        link(slot, cellNumber);
        return slot;
    }

    private void resize(int slots) {
        handles = Arrays.copyOf(handles, slots);
        x = Arrays.copyOf(x, slots);
        y = Arrays.copyOf(y, slots);
        z = Arrays.copyOf(z, slots);
        rotation = Arrays.copyOf(rotation, slots);
        velocityX = Arrays.copyOf(velocityX, slots);
        velocityY = Arrays.copyOf(velocityY, slots);
        velocityZ = Arrays.copyOf(velocityZ, slots);
        owner = Arrays.copyOf(owner, slots);
        cell = Arrays.copyOf(cell, slots);
        components = Arrays.copyOf(components, slots);
        next = Arrays.copyOf(next, slots);
        previous = Arrays.copyOf(previous, slots);
        ids.grow(slots);
    }

    /** Takes an entity from the cell that it is in to another one that is open. */
    void cross(int slot, int cellNumber) {
        if (cell[slot] != cellNumber) {
            unlink(slot);
            link(slot, cellNumber);
        }
    }

    private void link(int slot, int cellNumber) {
        int at = openCells.get(cellNumber);
        int second = firstIn[at];
        cell[slot] = cellNumber;
        previous[slot] = 0;
        next[slot] = second;
        if (second != 0) {
            previous[second - 1] = slot + 1;
        }
        firstIn[at] = slot + 1;
    }

    private void unlink(int slot) {
        int before = previous[slot];
        int after = next[slot];
        if (before != 0) {
            next[before - 1] = after;
        } else {
            firstIn[openCells.get(cell[slot])] = after;
        }
        if (after != 0) {
            previous[after - 1] = before;
        }
    }

    void remove(int slot) {
        if (listener != null) {
            listener.left(this, slot);
        }
        unlink(slot);
        byHandle.remove(handles[slot]);
        ids.remove(slot);
        components[slot] = null;
        handles[slot] = 0;
        next[slot] = free;
        free = slot + 1;
        size--;
    }

    void forgetComponents(int slot) {
        components[slot] = null;
    }

    void set(int slot, int number, ByteString value) {
        ComponentValues values = components[slot];
        if (values == null) {
            values = new ComponentValues();
            components[slot] = values;
        }
        values.set(number, value);
    }
}
