package org.vsekai.nebula.zones;

import org.jspecify.annotations.Nullable;

/** Who takes part in a zone: its area of interest, what it has been told, what it may send and be sent. Belongs to one {@link Zone}. */
public final class Session {
    /** Unanswered questions for durability. */
    static final int MOST_ASKED = 64;

    final int number;
    final Role role;
    final SessionToken token;

    /** Null while its client is away. */
    @Nullable
    FrameSink sink;

    /** The tick from which on an absent client's session is over. */
    int awayUntil;

    // Interest.
    int centreX;
    int centreZ;
    int radius;
    /** The entity that the middle follows; 0: none. */
    int follow;

    boolean interestChanged = true;
    int openedAtX;
    int openedAtZ;

    // Open cells, ascending, each with the tick it was told of last (0: never) and its tier.
    int[] open = new int[16];
    int[] told = new int[16];
    byte[] tier = new byte[16];
    int openCount;

    // What goes into the next frame beside cells, as fields.
    final WireWriter pending = new WireWriter(256);
    /** How much of that is the welcome, which is as long as the list of what a resumed session owns. */
    int welcomeSize;

    final WireWriter opened = new WireWriter(64);
    final WireWriter closed = new WireWriter(64);

    // What it asked to hear of once it is safe, in the order of asking.
    final int[] askedRequest = new int[MOST_ASKED];
    final byte[] askedLevel = new byte[MOST_ASKED];
    final int[] askedTick = new int[MOST_ASKED];
    int asked;
    boolean askedTooMuch;

    /** First of the list of its entities; 0: none. */
    int firstOwned;

    long sendCredit;
    long updateCredit;
    boolean limited;
    int lastSent;
    int waiting;
    int skips;
    int calm;
    int strain;
    long acknowledged;

    Session(int number, Role role, SessionToken token) {
        this.number = number;
        this.role = role;
        this.token = token;
    }

    /** In this zone and epoch; never used again. */
    public int number() {
        return number;
    }

    public Role role() {
        return role;
    }

    /** Whether its client is away and may come back. */
    public boolean isAway() {
        return sink == null;
    }

    /** How much less often than asked it is told, as a power of two, since it reads slowly: 0 to {@value Zone#MOST_STRAIN}. */
    public int strain() {
        return strain;
    }

    /** The tick of the newest frame that its client says it has worked through. */
    public long acknowledged() {
        return acknowledged;
    }

    /** Cells that it sees. */
    public int openCells() {
        return openCount;
    }

    /** By index up to {@link #openCells}, ascending. */
    public int openCell(int index) {
        if (index >= openCount) {
            throw new IndexOutOfBoundsException(index);
        }
        return open[index];
    }

    /** The tick up to which it was told of the open cell with this index. */
    public int told(int index) {
        return told[index];
    }

    boolean sees(int cell) {
        int low = 0;
        int high = openCount - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (open[middle] == cell) {
                return true;
            }
            if (open[middle] < cell) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return false;
    }
}
