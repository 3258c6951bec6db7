package org.vsekai.nebula.zones;

import java.util.Arrays;

/**
 * What a session is due to hear of, as numbers of which the least comes first. Not safe for threads.
 *
 * <p>A heap and not {@link Arrays#sort(long[], int, int)}: a budget is used up long before all are taken, and sorting allocates.
 */
final class DueCells {
    private long[] due = new long[64];
    private int size;
    private int taken;
    private boolean ordered;

    void clear() {
        size = 0;
        taken = 0;
        ordered = false;
    }

    /** Not once {@link #order} was called. */
    void add(long number) {
        if (size == due.length) {
            due = Arrays.copyOf(due, size * 2);
        }
        due[size++] = number;
    }

    /** How many are left. */
    int size() {
        return size - taken;
    }

    /** From now on the least is taken first; without this, what was added first. */
    void order() {
        ordered = true;
        for (int at = size / 2 - 1; at >= 0; at--) {
            sink(at, due[at]);
        }
    }

    /** There must be one left. */
    long take() {
        if (!ordered) {
            return due[taken++];
        }
        long least = due[0];
        size--;
        sink(0, due[size]);
        return least;
    }

    private void sink(int from, long number) {
        int at = from;
        for (int below = 2 * at + 1; below < size; below = 2 * at + 1) {
            if (below + 1 < size && due[below + 1] < due[below]) {
                below++;
            }
            if (due[below] >= number) {
                break;
            }
            due[at] = due[below];
            at = below;
        }
        due[at] = number;
    }
}
