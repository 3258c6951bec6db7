package org.vsekai.nebula.launcher;

/** What a command's end tells the program that started it. The numbers are part of the command line's contract. */
public enum ExitCode {
    /** Done, or nothing had to be done. */
    OK(0),
    /** Failed in a way that none of the others names. */
    FAILURE(1),
    /** The command line was wrong. */
    USAGE(2),
    /** A server or the network did not answer as needed; the same command may succeed later. */
    UNAVAILABLE(3),
    /** Something read from the network or the disk is not what it must be. */
    CORRUPT(4),
    /** The local disk refused: full, read-only, not permitted. */
    LOCAL_IO(5),
    /** Another launcher works on the same folder. */
    BUSY(6),
    /** The server understood and refused: token, conflict, unknown mode. */
    REFUSED(7);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
