package org.vsekai.nebula.zones;

/** One walk over a zone's persistent entities, part by part; see {@link Zone#captureRows}. Belongs to the zone's thread. */
public final class DurableWalk {
    private final int since;
    private int started = -1;

    /** The slot to go on with. */
    int next = 1;

    /** @param since tick up to which everything is saved; 0: nothing is known to be */
    public DurableWalk(int since) {
        this.since = since;
    }

    public int since() {
        return since;
    }

    /** When the walk has ended: what changed in this tick or before is in its rows. */
    public int started() {
        return started;
    }

    void start(int tick) {
        if (started < 0) {
            started = tick;
        }
    }
}
