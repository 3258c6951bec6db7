package org.vsekai.nebula.zones;

import java.util.Arrays;

/**
 * Persistent entities as rows for a database, by columns. Kept and filled again; belongs to whoever holds it, not safe for threads.
 *
 * <p>Rows of one entity are in an order: a larger number of crossings, then a larger epoch, then a larger sequence is newer.
 */
public final class DurableRows {
    private final long[] idHigh;
    private final long[] idLow;
    private final int[] x;
    private final int[] y;
    private final int[] z;
    private final int[] rotation;
    private final int[] crossings;
    private final long[] epoch;
    private final int[] sequence;
    private final boolean[] deleted;
    private final int[] componentsEnd;
    private final WireWriter components = new WireWriter(1024);
    private int size;

    /** @param capacity rows, 1 to 65,536 */
    public DurableRows(int capacity) {
        Bounds.check("capacity", capacity, 1, 1 << 16);
        idHigh = new long[capacity];
        idLow = new long[capacity];
        x = new int[capacity];
        y = new int[capacity];
        z = new int[capacity];
        rotation = new int[capacity];
        crossings = new int[capacity];
        epoch = new long[capacity];
        sequence = new int[capacity];
        deleted = new boolean[capacity];
        componentsEnd = new int[capacity];
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == idHigh.length;
    }

    public void clear() {
        size = 0;
        components.clear();
    }

    public long idHigh(int row) {
        return idHigh[row];
    }

    public long idLow(int row) {
        return idLow[row];
    }

    /** Millimetres from the zone's corner, as y and z. */
    public int x(int row) {
        return x[row];
    }

    public int y(int row) {
        return y[row];
    }

    public int z(int row) {
        return z[row];
    }

    /** As in the contract. */
    public int rotation(int row) {
        return rotation[row];
    }

    /** How often the entity went from one zone to another. */
    public int crossings(int row) {
        return crossings[row];
    }

    public long epoch(int row) {
        return epoch[row];
    }

    /** The tick in which the row was captured, in its epoch. */
    public int sequence(int row) {
        return sequence[row];
    }

    public boolean deleted(int row) {
        return deleted[row];
    }

    /** Durable and bulk components by ascending number: fields 1 of a message, each a {@code Component} of the contract. */
    public byte[] components(int row) {
        return Arrays.copyOfRange(components.bytes(), componentsStart(row), componentsEnd[row]);
    }

    byte[] componentBytes() {
        return components.bytes();
    }

    int componentsStart(int row) {
        return row == 0 ? 0 : componentsEnd[row - 1];
    }

    int componentsEnd(int row) {
        return componentsEnd[row];
    }

    /** @throws IllegalStateException if there is no room */
    public void add(
            long ofIdHigh,
            long ofIdLow,
            int atX,
            int atY,
            int atZ,
            int turned,
            int crossed,
            long inEpoch,
            int inSequence,
            boolean isDeleted,
            byte[] withComponents) {
        components.raw(withComponents, 0, withComponents.length);
        add(ofIdHigh, ofIdLow, atX, atY, atZ, turned, crossed, inEpoch, inSequence, isDeleted);
    }

    /** The same, with whatever was written to {@link #components()} since the row before. */
    void add(
            long ofIdHigh,
            long ofIdLow,
            int atX,
            int atY,
            int atZ,
            int turned,
            int crossed,
            long inEpoch,
            int inSequence,
            boolean isDeleted) {
        if (isFull()) {
            throw new IllegalStateException("there are " + size + " rows, as many as there may be");
        }
        idHigh[size] = ofIdHigh;
        idLow[size] = ofIdLow;
        x[size] = atX;
        y[size] = atY;
        z[size] = atZ;
        rotation[size] = turned;
        crossings[size] = crossed;
        epoch[size] = inEpoch;
        sequence[size] = inSequence;
        deleted[size] = isDeleted;
        componentsEnd[size++] = components.size();
    }

    WireWriter components() {
        return components;
    }
}
