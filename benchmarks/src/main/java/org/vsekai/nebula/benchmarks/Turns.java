package org.vsekai.nebula.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sides that run in turns, so that what else the machine does meets all of them: A B, B A, A B and so on. Not thread-safe.
 */
public final class Turns {
    private final Map<String, Side> sides = new LinkedHashMap<>();

    /** One run of a side, with whatever preparation it leaves out of the measurement. */
    @FunctionalInterface
    public interface Side {
        Measurement run() throws IOException;
    }

    public Turns add(String name, Side side) {
        if (sides.putIfAbsent(name, side) != null) {
            throw new IllegalArgumentException("two sides are called " + name);
        }
        return this;
    }

    /** Runs every side {@code rounds} times; the result is in the order in which sides were added. */
    public Map<String, List<Measurement>> run(int rounds) throws IOException {
        Map<String, List<Measurement>> results = new LinkedHashMap<>();
        sides.keySet().forEach(name -> results.put(name, new ArrayList<>()));
        List<Map.Entry<String, Side>> order = List.copyOf(sides.entrySet());
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Side> side : round % 2 == 0 ? order : order.reversed()) {
                results.getOrDefault(side.getKey(), List.of())
                        .add(side.getValue().run());
            }
        }
        return results;
    }

    /** The median over rounds of the ratio of two sides' wall times in the same round, which noise from outside moves least. */
    public static double wallRatio(List<Measurement> ours, List<Measurement> theirs) {
        double[] ratios = new double[Math.min(ours.size(), theirs.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = ours.get(i).wallSeconds() / theirs.get(i).wallSeconds();
        }
        return Medians.of(ratios);
    }
}
