package org.vsekai.nebula.zones;

/** Counts since the zone began. Written by its thread; others may read values that are a little old. */
public final class ZoneStatistics {
    long ticks;
    int entities;
    int sessions;
    long framesIn;
    long updatesIn;
    long framesOut;
    long bytesOut;
    long updatesOut;
    long refusals;
    long deferredCells;
    long skippedFrames;
    long droppedSlow;
    long droppedFast;
    long droppedInvalid;

    ZoneStatistics() {}

    public long ticks() {
        return ticks;
    }

    /** As of the last step. */
    public int entities() {
        return entities;
    }

    /** As of the last step; those whose client is away included. */
    public int sessions() {
        return sessions;
    }

    /** Frames that sessions sent. */
    public long framesIn() {
        return framesIn;
    }

    /** Changes of entities that sessions sent and that were done. */
    public long updatesIn() {
        return updatesIn;
    }

    public long framesOut() {
        return framesOut;
    }

    public long bytesOut() {
        return bytesOut;
    }

    /** Entities told of, once for each session and frame that told. */
    public long updatesOut() {
        return updatesOut;
    }

    public long refusals() {
        return refusals;
    }

    /** Cells that a session was told of later, for its budget. */
    public long deferredCells() {
        return deferredCells;
    }

    /** Frames that were left out since the session's transport took no more. */
    public long skippedFrames() {
        return skippedFrames;
    }

    public long droppedSlow() {
        return droppedSlow;
    }

    public long droppedFast() {
        return droppedFast;
    }

    public long droppedInvalid() {
        return droppedInvalid;
    }
}
