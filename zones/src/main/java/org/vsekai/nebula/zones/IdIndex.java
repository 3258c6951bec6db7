package org.vsekai.nebula.zones;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Slots by entities' ids: open addressing with linear probing, at most half full, holding only slots; the ids stand in the table that is
 * asked. Clients choose ids, so where one belongs depends on numbers that they do not know. Not safe for threads.
 */
final class IdIndex {
    private final long[] high;
    private final long[] low;
    private final int[] slots;
    private final int mask;
    private final long highFactor;
    private final long lowFactor;

    /**
     * @param high the ids' upper halves by slot
     * @param low their lower halves
     * @param random for the numbers
     */
    IdIndex(long[] high, long[] low, RandomGenerator random) {
        this.high = high;
        this.low = low;
        slots = new int[Integer.highestOneBit(Math.max(high.length, 8) * 2 - 1) * 2];
        mask = slots.length - 1;
        highFactor = random.nextLong() | 1;
        lowFactor = random.nextLong() | 1;
        Arrays.fill(slots, -1);
    }

    private int home(long idHigh, long idLow) {
        // A product's upper bits depend on all of its factor's, its lower ones only on the lower: so both halves are
        // used.
        long hash = idHigh * highFactor + Long.rotateLeft(idLow * lowFactor, 32);
        hash ^= hash >>> 29;
        return (int) (hash * lowFactor >>> 32) & mask;
    }

    /** -1 if there is none. */
    int find(long idHigh, long idLow) {
        for (int at = home(idHigh, idLow); slots[at] >= 0; at = at + 1 & mask) {
            if (low[slots[at]] == idLow && high[slots[at]] == idHigh) {
                return slots[at];
            }
        }
        return -1;
    }

    /** The slot's id must be in the arrays and in no other slot. */
    void add(int slot) {
        int at = home(high[slot], low[slot]);
        while (slots[at] >= 0) {
            at = at + 1 & mask;
        }
        slots[at] = slot;
    }

    /** The slot's id must still be in the arrays. */
    void remove(int slot) {
        int at = home(high[slot], low[slot]);
        while (slots[at] != slot) {
            at = at + 1 & mask;
        }
        // Whoever was pushed past the gap moves into it, so that no search ends too early.
        int gap = at;
        for (int next = gap + 1 & mask; slots[next] >= 0; next = next + 1 & mask) {
            int wanted = home(high[slots[next]], low[slots[next]]);
            if ((next - wanted & mask) >= (next - gap & mask)) {
                slots[gap] = slots[next];
                gap = next;
            }
        }
        slots[gap] = -1;
    }
}
