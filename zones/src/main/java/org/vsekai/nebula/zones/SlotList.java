package org.vsekai.nebula.zones;

import java.util.Arrays;

/** Numbers in an array that grows. Not safe for threads. */
final class SlotList {
    private int[] slots = new int[64];
    private int size;

    void clear() {
        size = 0;
    }

    void add(int slot) {
        if (size == slots.length) {
            slots = Arrays.copyOf(slots, size * 2);
        }
        slots[size++] = slot;
    }

    int size() {
        return size;
    }

    int get(int i) {
        return slots[i];
    }
}
