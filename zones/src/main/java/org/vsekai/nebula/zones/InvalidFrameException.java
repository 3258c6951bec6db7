package org.vsekai.nebula.zones;

/** A client's frame is no {@code ClientFrame}, or breaks a limit. What stood before the fault in it may have been done. */
public final class InvalidFrameException extends Exception {
    private static final long serialVersionUID = 1;

    InvalidFrameException(String what) {
        super("The frame is invalid: " + what + ".", null, false, false);
    }
}
