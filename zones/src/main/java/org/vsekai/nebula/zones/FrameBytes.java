package org.vsekai.nebula.zones;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** One {@code ServerFrame}, in pieces of an array that other frames share. Valid only while {@link FrameSink#send} runs. */
public final class FrameBytes {
    private byte[] bytes = {};
    private int[] offsets = new int[64];
    private int[] lengths = new int[64];
    private int pieces;
    private int size;

    FrameBytes() {}

    /** A frame that is written elsewhere and shares nothing. */
    public static FrameBytes of(byte[] frame) {
        FrameBytes whole = new FrameBytes();
        whole.in(frame);
        whole.add(0, frame.length);
        return whole;
    }

    void clear() {
        pieces = 0;
        size = 0;
    }

    /** Pieces are told by offset, and the array only in the end: it may be another by then. */
    void add(int offset, int length) {
        if (pieces > 0 && offsets[pieces - 1] + lengths[pieces - 1] == offset) {
            lengths[pieces - 1] += length;
        } else {
            if (pieces == offsets.length) {
                offsets = Arrays.copyOf(offsets, pieces * 2);
                lengths = Arrays.copyOf(lengths, pieces * 2);
            }
            offsets[pieces] = offset;
            lengths[pieces] = length;
            pieces++;
        }
        size += length;
    }

    void in(byte[] array) {
        bytes = array;
    }

    /** Bytes of the whole frame. */
    public int size() {
        return size;
    }

    /** @throws IndexOutOfBoundsException if there is less room than {@link #size} */
    public void copyTo(byte[] to, int offset) {
        int at = offset;
        for (int i = 0; i < pieces; i++) {
            System.arraycopy(bytes, offsets[i], to, at, lengths[i]);
            at += lengths[i];
        }
    }

    public void writeTo(OutputStream out) throws IOException {
        for (int i = 0; i < pieces; i++) {
            out.write(bytes, offsets[i], lengths[i]);
        }
    }
}
