package org.vsekai.nebula.zones;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which entities are in which square of the ground, in ascending order, and which left it lately. Not safe for threads.
 *
 * <p>An entity on a border would change its cell with every tremble, so it does so only once it is {@link #margin} beyond.
 */
final class CellGrid {
    private static final int[] NONE = {};

    final int cellsX;
    final int cellsZ;
    final int cellSize;
    final int margin;

    private final int[][] members;
    private final int[] counts;
    /** When anything in the cell changed. */
    private final int[] changed;

    private final @Nullable Departures[] departures;

    CellGrid(ZoneSettings settings) {
        cellsX = settings.cellsX();
        cellsZ = settings.cellsZ();
        cellSize = settings.cellSize();
        margin = cellSize / 32;
        members = new int[settings.cells()][];
        Arrays.fill(members, NONE);
        counts = new int[settings.cells()];
        changed = new int[settings.cells()];
        departures = new @Nullable Departures[settings.cells()];
    }

    int cellAt(int x, int z) {
        return column(z, cellsZ) * cellsX + column(x, cellsX);
    }

    private int column(int at, int most) {
        return Math.clamp(Math.floorDiv(at, cellSize), 0, most - 1);
    }

    /** The cell of an entity that was in {@code cell} and is at this place now. */
    int cellAt(int x, int z, int cell) {
        return axis(z, cell / cellsX, cellsZ) * cellsX + axis(x, cell % cellsX, cellsX);
    }

    private int axis(int at, int was, int most) {
        long low = (long) was * cellSize;
        return at >= low - margin && at < low + cellSize + margin ? was : column(at, most);
    }

    int count(int cell) {
        return counts[cell];
    }

    /** The first {@link #count} are the slots, ascending. */
    int[] members(int cell) {
        return members[cell];
    }

    int changed(int cell) {
        return changed[cell];
    }

    void change(int cell, int tick) {
        changed[cell] = tick;
    }

    void add(int cell, int slot, int tick) {
        int[] of = members[cell];
        int count = counts[cell];
        if (count == of.length) {
            of = Arrays.copyOf(of, Math.max(8, count + (count >> 1)));
            members[cell] = of;
        }
        int at = -1 - Arrays.binarySearch(of, 0, count, slot);
        System.arraycopy(of, at, of, at + 1, count - at);
        of[at] = slot;
        counts[cell] = count + 1;
        changed[cell] = tick;
    }

    void remove(int cell, int slot, int tick) {
        int[] of = members[cell];
        int count = counts[cell];
        int at = Arrays.binarySearch(of, 0, count, slot);
        System.arraycopy(of, at + 1, of, at, count - at - 1);
        counts[cell] = count - 1;
        changed[cell] = tick;
        Departures log = departures[cell];
        if (log == null) {
            log = new Departures();
            departures[cell] = log;
        }
        log.add(slot, tick);
    }

    /** Who left; null if nobody ever did. */
    @Nullable
    Departures departures(int cell) {
        return departures[cell];
    }

    /** The last slots to leave a cell, oldest first. */
    static final class Departures {
        private static final int MOST = 4096;
        private static final int KEPT_TICKS = 128;

        private int[] slots = new int[8];
        private int[] ticks = new int[8];
        private int first;
        private int count;
        private int forgotten;

        void add(int slot, int tick) {
            while (count > 0 && (count == MOST || tick - ticks[first] > KEPT_TICKS)) {
                forgotten = ticks[first];
                first = first + 1 & slots.length - 1;
                count--;
            }
            if (count == slots.length) {
                int[] moreSlots = new int[count * 2];
                int[] moreTicks = new int[count * 2];
                for (int i = 0; i < count; i++) {
                    moreSlots[i] = slot(i);
                    moreTicks[i] = tick(i);
                }
                slots = moreSlots;
                ticks = moreTicks;
                first = 0;
            }
            int at = first + count & slots.length - 1;
            slots[at] = slot;
            ticks[at] = tick;
            count++;
        }

        /** Departures in this tick or before may be missing here. */
        int forgotten() {
            return forgotten;
        }

        int count() {
            return count;
        }

        int slot(int i) {
            return slots[first + i & slots.length - 1];
        }

        int tick(int i) {
            return ticks[first + i & slots.length - 1];
        }

        /** Index of the first after a tick. */
        int after(int tick) {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = low + high >>> 1;
                if (tick(middle) > tick) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return low;
        }
    }
}
