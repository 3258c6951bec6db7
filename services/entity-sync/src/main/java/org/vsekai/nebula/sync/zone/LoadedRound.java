package org.vsekai.nebula.sync.zone;

/**
 * What of a zone's state was loaded: everything up to a tick of an epoch.
 *
 * @param epoch 0: nothing
 */
public record LoadedRound(long epoch, int tick) {
    /** There was nothing to load, or nothing that says when it was. */
    public static final LoadedRound NONE = new LoadedRound(0, 0);
}
