package org.vsekai.nebula.kit.intent;

/** What became of a write. */
public sealed interface Verdict {
    /** All of it is there. */
    record Committed() implements Verdict {}

    /** Nothing of it is there. @param reason for people, at most 512 bytes */
    record Aborted(String reason) implements Verdict {}
}
