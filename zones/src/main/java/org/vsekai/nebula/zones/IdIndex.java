package org.vsekai.nebula.zones;

import java.util.Arrays;

/**
 * Slots by entities' ids: open addressing with linear probing, at most half full, holding only slots; the ids stand in the table that is
 * asked. Not safe for threads.
 */
final class IdIndex {
    private final long[] high;
    private final long[] low;
    private final int[] slots;
    private final int mask;

    /**
     * @param high the ids' upper halves by slot
     * @param low their lower halves
     */
    IdIndex(long[] high, long[] low) {
        this.high = high;
        this.low = low;
        slots = new int[Integer.highestOneBit(Math.max(high.length, 8) * 2 - 1) * 2];
        mask = slots.length - 1;
        Arrays.fill(slots, -1);
    }

    private int home(long idHigh, long idLow) {
        long hash = (idHigh ^ Long.rotateLeft(idLow, 32)) * 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 32) & mask;
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
