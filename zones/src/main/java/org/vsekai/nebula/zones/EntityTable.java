package org.vsekai.nebula.zones;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Entities as columns: a slot is an index into each array. Ticks tell when something was changed last, so what is new to whoever heard
 * of tick {@code t} is whatever has a later one. Not safe for threads.
 *
 * <p>Positions are told as differences to what was told before, and how long ago that was depends on the tier. So beside the newest value
 * stands, for each tier, the one at the end of the tier's last period. It is kept when a value changes for the first time after that end:
 * no step has to walk over what did not change.
 */
final class EntityTable {
    /** A freed slot is used again no sooner, so that what is on its way to the old entity meets nobody. */
    static final int REST_TICKS = 600;

    /** Consecutive slots that are kept together beyond this node; see {@link PageFormat}. */
    static final int PAGE = 256;

    final long[] idHigh;
    final long[] idLow;
    /** Number of the owning session; 0: nobody. */
    final int[] owner;
    /** -1: there is no entity in this slot. */
    final int[] cell;

    final int[] x;
    final int[] y;
    final int[] z;
    final int[] rotation;
    final int[] velocityX;
    final int[] velocityY;
    final int[] velocityZ;
    final boolean[] persistent;
    /** How often it went from one zone to another. */
    final int[] crossings;
    /** A persistent entity that was deleted: it is nowhere, and keeps its slot and id until that is saved. */
    final boolean[] deleted;

    /** When it came into its cell. */
    final int[] entered;
    /** When anything of it changed. */
    final int[] changed;
    /** When what must reach the database changed last; 0: it is saved. Of persistent entities, deleted ones included. */
    final int[] durable;
    /** When anything in a page of slots changed. */
    final int[] pageChanged;
    /** When anything in a page of slots changed that must reach the database. */
    final int[] pageDurable;

    final int[] moved;
    final int[] turned;
    final int[] accelerated;
    final int[] handedOver;
    final int[] componentSet;

    final int[][] baseX;
    final int[][] baseY;
    final int[][] baseZ;

    /** Entities of one owner form a list. */
    final int[] nextOwned;

    final int[] previousOwned;

    final IdIndex ids;

    private final int[] periods;
    private final int[] freed;
    private final int[] freedTick;
    private int freedFirst;
    private int freedCount;
    /** Slot 0 stays free: on the wire it is nobody's. */
    private int fresh = 1;

    private int count;
    private int deletedCount;

    /**
     * @param most entities
     * @param periods of the tiers, in ticks
     * @param random for what clients must not foresee
     */
    EntityTable(int most, int[] periods, RandomGenerator random) {
        int slots = most + 1;
        int pages = (slots + PAGE - 1) / PAGE;
        this.periods = periods.clone();
        idHigh = new long[slots];
        idLow = new long[slots];
        owner = new int[slots];
        cell = new int[slots];
        Arrays.fill(cell, -1);
        x = new int[slots];
        y = new int[slots];
        z = new int[slots];
        rotation = new int[slots];
        velocityX = new int[slots];
        velocityY = new int[slots];
        velocityZ = new int[slots];
        persistent = new boolean[slots];
        crossings = new int[slots];
        deleted = new boolean[slots];
        entered = new int[slots];
        changed = new int[slots];
        durable = new int[slots];
        pageChanged = new int[pages];
        pageDurable = new int[pages];
        moved = new int[slots];
        turned = new int[slots];
        accelerated = new int[slots];
        handedOver = new int[slots];
        componentSet = new int[slots];
        baseX = new int[periods.length][slots];
        baseY = new int[periods.length][slots];
        baseZ = new int[periods.length][slots];
        nextOwned = new int[slots];
        previousOwned = new int[slots];
        freed = new int[slots];
        freedTick = new int[slots];
        ids = new IdIndex(idHigh, idLow, random);
    }

    int count() {
        return count;
    }

    /** Entities that are deleted and not yet known to be so in the database. */
    int deletedCount() {
        return deletedCount;
    }

    /** Pages in use. */
    int pages() {
        return fresh == 1 ? 0 : (fresh - 1) / PAGE + 1;
    }

    /** Slots that a page of this table has. */
    int slots(int page) {
        return Math.min(PAGE, cell.length - page * PAGE);
    }

    int capacity() {
        return cell.length;
    }

    /** One more than the largest slot that was ever used. */
    int reach() {
        return fresh;
    }

    boolean exists(int slot) {
        return slot > 0 && slot < fresh && cell[slot] >= 0;
    }

    /** -1 if all are taken, or were freed only now. The caller fills in the rest. */
    int add(long high, long low, int tick) {
        int slot;
        if (freedCount > 0 && tick - freedTick[freedFirst] > REST_TICKS) {
            slot = freed[freedFirst];
            freedFirst = freedFirst + 1 == freed.length ? 0 : freedFirst + 1;
            freedCount--;
        } else if (fresh < cell.length) {
            slot = fresh++;
        } else {
            return -1;
        }
        idHigh[slot] = high;
        idLow[slot] = low;
        ids.add(slot);
        count++;
        return slot;
    }

    /** Takes a certain slot, for an entity that had it in an epoch before. False if its id is taken. */
    boolean restore(int slot, long high, long low, boolean isDeleted) {
        if (ids.find(high, low) >= 0) {
            return false;
        }
        idHigh[slot] = high;
        idLow[slot] = low;
        ids.add(slot);
        fresh = Math.max(fresh, slot + 1);
        deleted[slot] = isDeleted;
        if (isDeleted) {
            deletedCount++;
        } else {
            count++;
        }
        return true;
    }

    /** Takes back what {@link #restore} did, before anything else was done with the slot. */
    void unrestore(int slot) {
        ids.remove(slot);
        if (deleted[slot]) {
            deletedCount--;
        } else {
            count--;
        }
        deleted[slot] = false;
    }

    /** Has slots that are neither taken nor known to be free used again; of an epoch that begins, nobody knows a handle yet. */
    void reclaim(int tick) {
        freedFirst = 0;
        freedCount = 0;
        for (int slot = 1; slot < fresh; slot++) {
            if (cell[slot] < 0 && !deleted[slot]) {
                rest(slot, tick - REST_TICKS - 1);
            }
        }
    }

    /** Takes it out of the zone, and if it must be known elsewhere keeps its slot until {@link #forget}. */
    void remove(int slot, int tick, boolean keep) {
        cell[slot] = -1;
        count--;
        if (keep) {
            deleted[slot] = true;
            deletedCount++;
            touchDurable(slot, tick);
        } else {
            ids.remove(slot);
            durable[slot] = 0;
            rest(slot, tick);
        }
        pageChanged[slot / PAGE] = tick;
    }

    /** A deletion that is known everywhere. */
    void forget(int slot, int tick) {
        deleted[slot] = false;
        deletedCount--;
        durable[slot] = 0;
        ids.remove(slot);
        rest(slot, tick);
        pageChanged[slot / PAGE] = tick;
    }

    private void rest(int slot, int tick) {
        int at = (freedFirst + freedCount) % freed.length;
        freed[at] = slot;
        freedTick[at] = tick;
        freedCount++;
    }

    void touch(int slot, int tick) {
        changed[slot] = tick;
        pageChanged[slot / PAGE] = tick;
    }

    /** Something changed that must reach the database, if the entity does at all. */
    void touchDurable(int slot, int tick) {
        if (persistent[slot]) {
            durable[slot] = tick;
            pageDurable[slot / PAGE] = tick;
        }
    }

    /** Moves it to a place other than where it is. */
    void position(int slot, int toX, int toY, int toZ, int tick) {
        int before = moved[slot];
        if (before != tick) {
            for (int tier = 0; tier < periods.length; tier++) {
                if (before <= lastEnd(cell[slot], tier, tick)) {
                    baseX[tier][slot] = x[slot];
                    baseY[tier][slot] = y[slot];
                    baseZ[tier][slot] = z[slot];
                }
            }
            moved[slot] = tick;
        }
        touch(slot, tick);
        touchDurable(slot, tick);
        x[slot] = toX;
        y[slot] = toY;
        z[slot] = toZ;
    }

    /** The tick before {@code tick} in which a period of this cell and tier ended last. Cells end theirs in turn, not all at once. */
    int lastEnd(int ofCell, int tier, int tick) {
        int period = periods[tier];
        return tick - 1 - (tick - 1 - ofCell & period - 1);
    }

    boolean isEnd(int ofCell, int tier, int tick) {
        return (tick - ofCell & periods[tier] - 1) == 0;
    }
}
