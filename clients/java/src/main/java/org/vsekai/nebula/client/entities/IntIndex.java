package org.vsekai.nebula.client.entities;

/**
 * Numbers that are not negative, by other numbers: open addressing with linear probing, at most half full. Not safe for threads.
 */
final class IntIndex {
    private static final int SMALLEST = 16;

    /** Key and value plus one, in turn; a value of 0 is a free place. */
    private int[] table = new int[2 * SMALLEST];

    private int mask = SMALLEST - 1;
    private int size;

    int size() {
        return size;
    }

    private int home(int key) {
        int hash = key * 0x9E3779B9;
        return (hash ^ hash >>> 15) & mask;
    }

    /** -1 if there is none. */
    int get(int key) {
        int[] in = table;
        int at = home(key);
        while (true) {
            int value = in[2 * at + 1];
            if (value == 0 || in[2 * at] == key) {
                return value - 1;
            }
            at = at + 1 & mask;
        }
    }

    /** Replaces what the key had before. */
    void put(int key, int value) {
        int at = home(key);
        while (table[2 * at + 1] != 0) {
            if (table[2 * at] == key) {
                table[2 * at + 1] = value + 1;
                return;
            }
            at = at + 1 & mask;
        }
        table[2 * at] = key;
        table[2 * at + 1] = value + 1;
        if (++size * 2 > mask) {
            grow();
        }
    }

    private void grow() {
        int[] old = table;
        table = new int[old.length * 2];
        mask = table.length / 2 - 1;
        for (int from = 0; from < old.length; from += 2) {
            if (old[from + 1] != 0) {
                int at = home(old[from]);
                while (table[2 * at + 1] != 0) {
                    at = at + 1 & mask;
                }
                table[2 * at] = old[from];
                table[2 * at + 1] = old[from + 1];
            }
        }
    }

    /** What the key had, or -1. */
    int remove(int key) {
        int at = home(key);
        while (table[2 * at] != key || table[2 * at + 1] == 0) {
            if (table[2 * at + 1] == 0) {
                return -1;
            }
            at = at + 1 & mask;
        }
        int value = table[2 * at + 1] - 1;
        // Whoever was pushed past the gap moves into it, so that no search ends too early.
        int gap = at;
        for (int next = gap + 1 & mask; table[2 * next + 1] != 0; next = next + 1 & mask) {
            if ((next - home(table[2 * next]) & mask) >= (next - gap & mask)) {
                table[2 * gap] = table[2 * next];
                table[2 * gap + 1] = table[2 * next + 1];
                gap = next;
            }
        }
        table[2 * gap + 1] = 0;
        size--;
        return value;
    }

    /** What it grew to is given back. */
    void clear() {
        table = new int[2 * SMALLEST];
        mask = SMALLEST - 1;
        size = 0;
    }
}
