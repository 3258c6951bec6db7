package org.vsekai.nebula.zones;

/** Kept state is not what a zone has written, or does not fit into this one. */
public final class DamagedStateException extends Exception {
    private static final long serialVersionUID = 1;

    DamagedStateException(String what) {
        super("The kept state cannot be read: " + what + ".", null, false, false);
    }
}
