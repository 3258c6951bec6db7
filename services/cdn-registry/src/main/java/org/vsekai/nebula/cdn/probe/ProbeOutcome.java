package org.vsekai.nebula.cdn.probe;

import java.time.Duration;

/** What one probe found. */
public sealed interface ProbeOutcome {
    /**
     * The CDN delivered the zero chunk, intact.
     *
     * @param latency from opening the connection to the last byte
     */
    record Intact(Duration latency) implements ProbeOutcome {}

    /**
     * The CDN did not.
     *
     * @param reason one line for the operator, at most {@link #MAX_REASON_LENGTH} characters
     */
    record Failed(String reason) implements ProbeOutcome {
        /** The longest reason kept; longer ones are cut. */
        public static final int MAX_REASON_LENGTH = 300;

        public Failed {
            // A part of it may come from the network.
            reason = reason.replaceAll("\\p{Cntrl}", " ");
            reason = reason.substring(0, Math.min(reason.length(), MAX_REASON_LENGTH));
        }
    }
}
