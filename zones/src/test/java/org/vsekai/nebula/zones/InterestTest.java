package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Chosen cells against the plainest reading: each cell of the grid is looked at, the border's reaching to infinity. */
class InterestTest {
    private static final long SEED = Long.getLong("nebula.zones.seed", System.nanoTime());

    private static double beyond(int at, int column, int columns, int size) {
        double low = column == 0 ? Double.NEGATIVE_INFINITY : (double) column * size;
        double high = column == columns - 1 ? Double.POSITIVE_INFINITY : (column + 1.0) * size;
        return Math.max(0, Math.max(low - at, at - high));
    }

    private static List<Integer> read(WireWriter list) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        CodedInputStream in = CodedInputStream.newInstance(list.bytes(), 0, list.size());
        while (!in.isAtEnd()) {
            numbers.add(in.readUInt32());
        }
        return numbers;
    }

    @Test
    void seesTheCellsThatMeetTheCircleAndKeepsThoseThatAreACellBeyond() throws Exception {
        Random random = new Random(SEED);
        int kept = 0;
        for (int run = 0; run < 60; run++) {
            TestSettings settings = new TestSettings();
            settings.cellsX = 1 + random.nextInt(14);
            settings.cellsZ = 1 + random.nextInt(14);
            CellGrid grid = new CellGrid(settings.build());
            Interest interest = new Interest(grid, settings.tiers);
            Session session = new Session(1, Role.PLAYER, new SessionToken(0, 0));
            Map<Integer, Integer> open = new TreeMap<>();
            for (int i = 0; i < 60; i++) {
                if (random.nextInt(8) == 0) {
                    session.radius = random.nextInt(4) == 0 ? 0 : random.nextInt(settings.largestRadius);
                }
                boolean jumps = random.nextInt(10) == 0;
                session.centreX = jumps
                        ? random.nextInt() >> random.nextInt(16)
                        : session.centreX + random.nextInt(20_001) - 10_000;
                session.centreZ = jumps
                        ? random.nextInt() >> random.nextInt(16)
                        : session.centreZ + random.nextInt(20_001) - 10_000;
                session.opened.clear();
                session.closed.clear();
                interest.choose(session);
                assertThat(interest.isStale(session)).isFalse();

                Map<Integer, Integer> wanted = new TreeMap<>();
                List<Integer> opened = new ArrayList<>();
                List<Integer> closed = new ArrayList<>();
                for (int cell = 0; cell < settings.cellsX * settings.cellsZ; cell++) {
                    double distance = Math.hypot(
                            beyond(session.centreX, cell % settings.cellsX, settings.cellsX, grid.cellSize),
                            beyond(session.centreZ, cell / settings.cellsX, settings.cellsZ, grid.cellSize));
                    boolean meets = session.radius > 0 && distance <= session.radius;
                    boolean stays =
                            session.radius > 0 && open.containsKey(cell) && distance <= session.radius + grid.cellSize;
                    if (meets || stays) {
                        kept += meets ? 0 : 1;
                        double part = distance / session.radius;
                        wanted.put(cell, part <= 0.5 ? 0 : part <= 0.75 ? 1 : 2);
                        if (!open.containsKey(cell)) {
                            opened.add(cell);
                        }
                    } else if (open.containsKey(cell)) {
                        closed.add(cell);
                    }
                }
                Map<Integer, Integer> seen = new TreeMap<>();
                for (int at = 0; at < session.openCells(); at++) {
                    int cell = session.openCell(at);
                    seen.put(cell, (int) session.tier[at]);
                    assertThat(session.told(at)).isEqualTo(open.containsKey(cell) ? cell + 1 : 0);
                    session.told[at] = cell + 1;
                }
                assertThat(seen).as("seed %d, run %d", SEED, run).isEqualTo(wanted);
                assertThat(read(session.opened))
                        .as("seed %d, run %d", SEED, run)
                        .isEqualTo(opened);
                assertThat(read(session.closed))
                        .as("seed %d, run %d", SEED, run)
                        .isEqualTo(closed);
                open = wanted;
            }
        }
        assertThat(kept).isGreaterThan(100);
    }

    @Test
    void aSmallMoveIsNoReasonToChooseAnew() {
        TestSettings settings = new TestSettings();
        CellGrid grid = new CellGrid(settings.build());
        Interest interest = new Interest(grid, settings.tiers);
        Session session = new Session(1, Role.PLAYER, new SessionToken(0, 0));
        session.radius = 1_000;
        assertThat(interest.isStale(session)).isTrue();
        interest.choose(session);
        session.centreX = grid.cellSize / 16;
        assertThat(interest.isStale(session)).isFalse();
        session.centreX++;
        assertThat(interest.isStale(session)).isTrue();
        session.centreX = Integer.MIN_VALUE;
        assertThat(interest.isStale(session)).isTrue();
    }
}
