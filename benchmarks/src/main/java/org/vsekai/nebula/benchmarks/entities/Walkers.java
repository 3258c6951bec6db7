package org.vsekai.nebula.benchmarks.entities;

import java.util.SplittableRandom;
import org.vsekai.nebula.client.entities.Rotations;

/** Entities that walk straight on at 1.4 m/s, turn now and then, and are reflected by the walls of a square. One thread may walk each. */
final class Walkers {
    private static final double WALKING_MILLIMETRES_PER_SECOND = 1400;
    private static final double TURNS_PER_SECOND = 0.5;
    /** Far above a step of the packed rotation, so every update changes it. */
    private static final double YAW_STEP_RADIANS = 0.05;

    private final int size;
    private final double step;
    private final double turnChance;
    private final SplittableRandom[] random;
    private final double[] x;
    private final double[] z;
    private final double[] heading;
    private final double[] yaw;

    Walkers(int count, int sizeMillimetres, int rate, long seed) {
        size = sizeMillimetres;
        step = WALKING_MILLIMETRES_PER_SECOND / rate;
        turnChance = TURNS_PER_SECOND / rate;
        random = new SplittableRandom[count];
        x = new double[count];
        z = new double[count];
        heading = new double[count];
        yaw = new double[count];
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            random[i] = seeds.split();
            x[i] = random[i].nextDouble() * size;
            z[i] = random[i].nextDouble() * size;
            heading[i] = random[i].nextDouble() * 2 * Math.PI;
        }
    }

    void walk(int i) {
        if (random[i].nextDouble() < turnChance) {
            heading[i] = random[i].nextDouble() * 2 * Math.PI;
        }
        double toX = x[i] + Math.cos(heading[i]) * step;
        double toZ = z[i] + Math.sin(heading[i]) * step;
        if (toX < 0 || toX >= size) {
            heading[i] = Math.PI - heading[i];
        } else {
            x[i] = toX;
        }
        if (toZ < 0 || toZ >= size) {
            heading[i] = -heading[i];
        } else {
            z[i] = toZ;
        }
        yaw[i] = (yaw[i] + YAW_STEP_RADIANS) % (2 * Math.PI);
    }

    int x(int i) {
        return (int) x[i];
    }

    int z(int i) {
        return (int) z[i];
    }

    int rotation(int i) {
        return Rotations.encode(0, Math.sin(yaw[i] / 2), 0, Math.cos(yaw[i] / 2));
    }
}
