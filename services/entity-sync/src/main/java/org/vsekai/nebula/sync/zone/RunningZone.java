package org.vsekai.nebula.sync.zone;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.Zone;

/** A zone that this node owns, to what looks after its state. Thread-safe. */
public interface RunningZone {
    ZoneName name();

    /** Larger than that of each owner before. */
    long epoch();

    int ticksPerSecond();

    /**
     * Asks between two steps, on the zone's thread, which is held up as long as the answer takes. What the question throws ends the zone.
     * Fails with {@link ZoneGoneException} where the zone ends first, or too much waits.
     */
    <T> CompletionStage<T> ask(Function<Zone, T> question);

    /** Ends the zone here at once: somebody else owns it, or will. It may still be there when this returns. */
    void giveUp();

    /** When the zone does nothing any more, whyever. */
    CompletionStage<Void> ended();
}
