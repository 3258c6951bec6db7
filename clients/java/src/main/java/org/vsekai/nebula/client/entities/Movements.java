package org.vsekai.nebula.client.entities;

import java.util.Arrays;

/**
 * Newest values of built-in components that wait to be sent, a row for each entity. Not safe for threads.
 *
 * <p>Rows are added until {@link #begin}; from then on they are taken in the order of their handles, and only what is not yet taken may
 * still change.
 */
final class Movements {
    private static final int POSITION = 1;
    private static final int ROTATION = 2;
    private static final int VELOCITY = 4;

    /** Tags and lengths of a group and its columns, for each of the seven sorts of group. */
    private static final int OVERHEAD = 7 * 24;

    private final IntIndex rows = new IntIndex();
    private int[] handles = new int[8];
    private byte[] masks = new byte[8];
    private int[] x = new int[8];
    private int[] y = new int[8];
    private int[] z = new int[8];
    private int[] rotations = new int[8];
    private int[] velocityX = new int[8];
    private int[] velocityY = new int[8];
    private int[] velocityZ = new int[8];
    private int count;

    /** Handle and row of those to be taken, ascending by the unsigned handle. */
    private long[] order = {};

    private int next;

    private final WireWriter group = new WireWriter(64);
    private final WireWriter handleColumn = new WireWriter(16);
    private final WireWriter positionColumn = new WireWriter(16);
    private final WireWriter rotationColumn = new WireWriter(16);
    private final WireWriter velocityColumn = new WireWriter(16);

    boolean isEmpty() {
        return rows.size() == 0;
    }

    int size() {
        return rows.size();
    }

    boolean contains(int handle) {
        return rows.get(handle) >= 0;
    }

    void move(int handle, int toX, int toY, int toZ) {
        int row = row(handle, POSITION);
        x[row] = toX;
        y[row] = toY;
        z[row] = toZ;
    }

    void turn(int handle, int rotation) {
        rotations[row(handle, ROTATION)] = rotation;
    }

    void accelerate(int handle, int toX, int toY, int toZ) {
        int row = row(handle, VELOCITY);
        velocityX[row] = toX;
        velocityY[row] = toY;
        velocityZ[row] = toZ;
    }

    private int row(int handle, int mask) {
        int row = rows.get(handle);
        if (row < 0) {
            row = count++;
            if (row == handles.length) {
                grow(row * 2);
            }
            handles[row] = handle;
            masks[row] = 0;
            rows.put(handle, row);
        }
        masks[row] |= (byte) mask;
        return row;
    }

    private void grow(int capacity) {
        handles = Arrays.copyOf(handles, capacity);
        masks = Arrays.copyOf(masks, capacity);
        x = Arrays.copyOf(x, capacity);
        y = Arrays.copyOf(y, capacity);
        z = Arrays.copyOf(z, capacity);
        rotations = Arrays.copyOf(rotations, capacity);
        velocityX = Arrays.copyOf(velocityX, capacity);
        velocityY = Arrays.copyOf(velocityY, capacity);
        velocityZ = Arrays.copyOf(velocityZ, capacity);
    }

    void clear() {
        rows.clear();
        count = 0;
        next = 0;
    }

    void begin() {
        if (order.length < count) {
            order = new long[handles.length];
        }
        for (int row = 0; row < count; row++) {
            order[row] = (long) (handles[row] ^ Integer.MIN_VALUE) << 32 | row;
        }
        Arrays.sort(order, 0, count);
        next = 0;
    }

    /** Takes as many as there may be in a frame, and adds them to it as groups of those in whom the same changed. */
    void take(WireWriter frame, int most, int largestFrame) {
        int room = largestFrame - frame.size() - OVERHEAD;
        int end = next;
        int sorts = 0;
        while (end < count && end - next < most) {
            int row = (int) order[end];
            room -= bytes(row);
            if (room < 0) {
                break;
            }
            sorts |= 1 << masks[row];
            end++;
        }
        for (int mask = 1; mask <= (POSITION | ROTATION | VELOCITY); mask++) {
            if ((sorts & 1 << mask) != 0) {
                write(frame, mask, end);
            }
        }
        for (int i = next; i < end; i++) {
            rows.remove(handles[(int) order[i]]);
        }
        next = end;
        if (next == count) {
            count = 0;
            next = 0;
        }
    }

    private void write(WireWriter frame, int mask, int end) {
        group.clear();
        handleColumn.clear();
        positionColumn.clear();
        rotationColumn.clear();
        velocityColumn.clear();
        int before = 0;
        for (int i = next; i < end; i++) {
            int row = (int) order[i];
            if (masks[row] != mask) {
                continue;
            }
            handleColumn.varint(handles[row] - before);
            before = handles[row];
            if ((mask & POSITION) != 0) {
                positionColumn.zigzag(x[row]);
                positionColumn.zigzag(y[row]);
                positionColumn.zigzag(z[row]);
            }
            if ((mask & ROTATION) != 0) {
                rotationColumn.fixed32(rotations[row]);
            }
            if ((mask & VELOCITY) != 0) {
                velocityColumn.zigzag(velocityX[row]);
                velocityColumn.zigzag(velocityY[row]);
                velocityColumn.zigzag(velocityZ[row]);
            }
        }
        group.packed(1, handleColumn);
        group.packed(2, positionColumn);
        group.packed(3, rotationColumn);
        group.packed(4, velocityColumn);
        frame.delimited(3, group);
    }

    /** At most, of one row. */
    private int bytes(int row) {
        int mask = masks[row];
        return 5
                + ((mask & POSITION) == 0 ? 0 : zigzagBytes(x[row]) + zigzagBytes(y[row]) + zigzagBytes(z[row]))
                + ((mask & ROTATION) == 0 ? 0 : 4)
                + ((mask & VELOCITY) == 0
                        ? 0
                        : zigzagBytes(velocityX[row]) + zigzagBytes(velocityY[row]) + zigzagBytes(velocityZ[row]));
    }

    private static int zigzagBytes(int value) {
        int bits = 32 - Integer.numberOfLeadingZeros(((value << 1) ^ (value >> 31)) | 1);
        return (bits + 6) / 7;
    }
}
