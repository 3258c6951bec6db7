package org.vsekai.nebula.zones;

/** Where a session's frames go. Called by the zone's thread alone, and must not call the zone. */
public interface FrameSink {
    /** Whether another frame can be taken now. While not, the zone sends nothing, and later only what is newest then. */
    boolean isReady();

    /** Takes a frame. Its bytes must be copied before this returns. */
    void send(FrameBytes frame);

    /** No further frame comes. */
    void end(EndReason reason);
}
