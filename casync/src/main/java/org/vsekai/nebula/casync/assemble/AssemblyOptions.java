package org.vsekai.nebula.casync.assemble;

/**
 * Bounds of an assembly.
 *
 * @param inFlight chunks that are sought at the same time, at most
 * @param windowBytes plain chunks held in memory, at most; fewer are in flight when chunks are large, but always one
 */
public record AssemblyOptions(int inFlight, long windowBytes) {
    public static final int MAX_IN_FLIGHT = 64;
    public static final AssemblyOptions DEFAULT = new AssemblyOptions(MAX_IN_FLIGHT, 64L << 20);

    public AssemblyOptions {
        if (inFlight < 1 || inFlight > MAX_IN_FLIGHT || windowBytes < 1) {
            throw new IllegalArgumentException("inFlight %d (1 to %d), windowBytes %d (1 or more)"
                    .formatted(inFlight, MAX_IN_FLIGHT, windowBytes));
        }
    }

    public AssemblyOptions withInFlight(int inFlight) {
        return new AssemblyOptions(inFlight, windowBytes);
    }

    /** How many chunks of up to {@code max} bytes may be in flight. */
    int window(int max) {
        return (int) Math.max(1, Math.min(inFlight, windowBytes / max));
    }
}
