package org.vsekai.nebula.client.entities;

import java.util.Arrays;

/**
 * Slots' UUIDs, and slots by them: open addressing with linear probing, at most half full, holding only slots. Not safe for threads.
 */
final class IdIndex {
    private static final int SMALLEST = 16;

    /** The ids' upper and lower halves, by slot. */
    long[] high = new long[0];

    long[] low = new long[0];

    /** Slots plus one; 0 is a free place. */
    private int[] table = new int[SMALLEST];

    private int mask = SMALLEST - 1;
    private int size;

    /** Makes room for so many slots. */
    void grow(int slots) {
        high = Arrays.copyOf(high, slots);
        low = Arrays.copyOf(low, slots);
    }

    private int home(long idHigh, long idLow) {
        long hash = (idHigh ^ Long.rotateLeft(idLow, 32)) * 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 32) & mask;
    }

    /** -1 if there is none. */
    int find(long idHigh, long idLow) {
        for (int at = home(idHigh, idLow); table[at] != 0; at = at + 1 & mask) {
            int slot = table[at] - 1;
            if (low[slot] == idLow && high[slot] == idHigh) {
                return slot;
            }
        }
        return -1;
    }

    /** The id must be no other slot's. */
    void add(int slot, long idHigh, long idLow) {
        high[slot] = idHigh;
        low[slot] = idLow;
        if (++size * 2 > mask) {
            int[] old = table;
            table = new int[old.length * 2];
            mask = table.length - 1;
            for (int entry : old) {
                if (entry != 0) {
                    place(entry - 1);
                }
            }
        }
        place(slot);
    }

    private void place(int slot) {
        int at = home(high[slot], low[slot]);
        while (table[at] != 0) {
            at = at + 1 & mask;
        }
        table[at] = slot + 1;
    }

    /** The slot must be here. */
    void remove(int slot) {
        int at = home(high[slot], low[slot]);
        while (table[at] != slot + 1) {
            at = at + 1 & mask;
        }
        // Whoever was pushed past the gap moves into it, so that no search ends too early.
        int gap = at;
        for (int next = gap + 1 & mask; table[next] != 0; next = next + 1 & mask) {
            int wanted = home(high[table[next] - 1], low[table[next] - 1]);
            if ((next - wanted & mask) >= (next - gap & mask)) {
                table[gap] = table[next];
                gap = next;
            }
        }
        table[gap] = 0;
        size--;
    }
}
