package org.vsekai.nebula.zones;

import java.util.Arrays;
import java.util.List;

/**
 * Which cells a session sees: those that meet its circle, and those already seen that are not a cell's size beyond it. The cells at the
 * zone's border reach to infinity, as what is beyond counts to them. Not safe for threads.
 */
final class Interest {
    private final CellGrid grid;
    private final double[] fractions;
    private int[] open = new int[64];
    private int[] told = new int[64];
    private byte[] tier = new byte[64];

    Interest(CellGrid grid, List<Tier> tiers) {
        this.grid = grid;
        fractions = tiers.stream().mapToDouble(Tier::fraction).toArray();
    }

    /** Whether the circle is another than when the cells were chosen last, by enough to matter. */
    boolean isStale(Session session) {
        int slack = grid.cellSize / 16;
        return session.interestChanged
                || Math.abs((long) session.centreX - session.openedAtX) > slack
                || Math.abs((long) session.centreZ - session.openedAtZ) > slack;
    }

    /** Chooses the cells anew, and notes which were opened and closed. */
    void choose(Session session) {
        session.interestChanged = false;
        session.openedAtX = session.centreX;
        session.openedAtZ = session.centreZ;
        int count = 0;
        int before = 0;
        if (session.radius > 0) {
            long reach = (long) session.radius + grid.cellSize;
            int firstX = column(session.centreX - reach, grid.cellsX);
            int lastX = column(session.centreX + reach, grid.cellsX);
            int firstZ = column(session.centreZ - reach, grid.cellsZ);
            int lastZ = column(session.centreZ + reach, grid.cellsZ);
            for (int cellZ = firstZ; cellZ <= lastZ; cellZ++) {
                for (int cellX = firstX; cellX <= lastX; cellX++) {
                    int cell = cellZ * grid.cellsX + cellX;
                    while (before < session.openCount && session.open[before] < cell) {
                        session.closed.varint(session.open[before++]);
                    }
                    boolean seen = before < session.openCount && session.open[before] == cell;
                    double distance = distance(session, cellX, cellZ);
                    if (distance <= session.radius || seen && distance <= reach) {
                        if (count == open.length) {
                            open = Arrays.copyOf(open, count * 2);
                            told = Arrays.copyOf(told, count * 2);
                            tier = Arrays.copyOf(tier, count * 2);
                        }
                        open[count] = cell;
                        told[count] = seen ? session.told[before] : 0;
                        tier[count] = tier(distance / session.radius);
                        count++;
                        if (!seen) {
                            session.opened.varint(cell);
                        }
                    } else if (seen) {
                        session.closed.varint(cell);
                    }
                    if (seen) {
                        before++;
                    }
                }
            }
        }
        while (before < session.openCount) {
            session.closed.varint(session.open[before++]);
        }
        if (count > session.open.length) {
            int capacity = Math.max(count, session.open.length * 2);
            session.open = new int[capacity];
            session.told = new int[capacity];
            session.tier = new byte[capacity];
        }
        System.arraycopy(open, 0, session.open, 0, count);
        System.arraycopy(told, 0, session.told, 0, count);
        System.arraycopy(tier, 0, session.tier, 0, count);
        session.openCount = count;
    }

    private int column(long at, int most) {
        return (int) Math.clamp(Math.floorDiv(at, (long) grid.cellSize), 0, most - 1);
    }

    private byte tier(double part) {
        byte at = 0;
        while (part > fractions[at]) {
            at++;
        }
        return at;
    }

    /** From the circle's middle to the nearest point of the cell. */
    private double distance(Session session, int cellX, int cellZ) {
        return Math.hypot(beyond(session.centreX, cellX, grid.cellsX), beyond(session.centreZ, cellZ, grid.cellsZ));
    }

    private double beyond(int at, int column, int most) {
        long low = (long) column * grid.cellSize;
        if (at < low) {
            return column == 0 ? 0 : low - at;
        }
        long high = low + grid.cellSize;
        return at > high && column < most - 1 ? at - high : 0;
    }
}
