package org.vsekai.nebula.sync.zone;

import io.smallrye.mutiny.Uni;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.Zone;

/**
 * Keeps the state of zones beyond their node. For each zone that the node claims: {@link #load}, then {@link #start} unless the
 * claim was lost meanwhile, then {@link #finish} if the zone is given up in good order, and {@link #stop} in any case.
 *
 * <p>Thread-safe: zones are loaded and ended at the same time.
 */
public interface ZoneTier {
    /** The order of the tier that survives one node. */
    int MEMORY = 1;

    /** The order of the tier that survives all nodes. */
    int DATABASE = 2;

    /** Tiers are loaded, started and finished in this order. */
    int order();

    /** Whether this node has what the tier needs; nothing below is called where it has not. The same at all times. */
    boolean isOn();

    /** Whether it keeps enough copies for what its order promises. The same at all times. */
    default boolean isPromising() {
        return true;
    }

    /**
     * Loads into a zone whose thread is not started yet. Called on a thread that may be blocked; the zone is nobody else's until the
     * answer, and is thrown away if there is none in time. A failure means that the state may be there and cannot be had: the claim is
     * given back.
     *
     * @param before what the tier before loaded
     * @return what this one or that before loaded
     */
    Uni<LoadedRound> load(ZoneName name, Zone zone, LoadedRound before);

    /** From now on the zone runs. Does not block. */
    void start(RunningZone zone);

    /**
     * Writes what is left. The sessions have ended and nothing changes any more; the zone still answers questions, each at once. A failure
     * is logged and changes nothing.
     */
    Uni<Void> finish(RunningZone zone);

    /** Writes nothing more. The last that is said of a zone, after {@link #finish} as well; for one that was not started it is nothing. */
    void stop(RunningZone zone);
}
