package org.vsekai.nebula.client.entities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RotationsTest {
    private final double[] decoded = new double[4];

    @Test
    void theUnitIsWhatTheContractSays() {
        assertThat(Rotations.encode(0, 0, 0, 1)).isEqualTo(0xE0080200).isEqualTo(Rotations.IDENTITY);
        assertThat(Rotations.encode(0, 0, 0, -1)).isEqualTo(Rotations.IDENTITY);
    }

    @Test
    void theLargestComponentIsLeftOutAndTheOthersStandInOrder() {
        // 0.5 is the greatest a component can be that is not the largest; here three tie, and the first of them is left
        // out.
        assertThat(Rotations.encode(0.5, 0.5, 0.5, 0.5) >>> 30).isZero();
        int rotation = Rotations.encode(0.1, -0.9, 0.3, -0.2);
        double length = Math.sqrt(0.01 + 0.81 + 0.09 + 0.04);
        assertThat(rotation >>> 30).isEqualTo(1);
        assertThat(rotation >>> 20 & 1023).isEqualTo(Math.round((-0.1 / length * Math.sqrt(2) + 1) / 2 * 1023));
        assertThat(rotation >>> 10 & 1023).isEqualTo(Math.round((-0.3 / length * Math.sqrt(2) + 1) / 2 * 1023));
        assertThat(rotation & 1023).isEqualTo(Math.round((0.2 / length * Math.sqrt(2) + 1) / 2 * 1023));
    }

    @Test
    void everyRotationComesBackWithinTheStatedBounds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        double[] components = new double[4];
        double largestError = 0;
        double largestAngle = 0;
        for (int i = 0; i < 200_000; i++) {
            for (int k = 0; k < 4; k++) {
                // Some with equal or vanishing components, as the bounds are met at the corners.
                components[k] = i % 3 == 0 ? random.nextInt(-2, 3) : random.nextGaussian();
            }
            double length = Math.sqrt(dot(components, components));
            if (length == 0) {
                continue;
            }
            Rotations.decode(Rotations.encode(components[0], components[1], components[2], components[3]), decoded);
            double product = dot(components, decoded) / length;
            double sign = Math.signum(product);
            for (int k = 0; k < 4; k++) {
                largestError = Math.max(largestError, Math.abs(sign * decoded[k] - components[k] / length));
            }
            largestAngle = Math.max(largestAngle, 2 * Math.acos(Math.min(1, Math.abs(product))));
        }
        assertThat(largestError).as("seed %d", seed).isBetween(0.0007, Rotations.LARGEST_ERROR);
        assertThat(largestAngle).as("seed %d", seed).isBetween(0.002, Rotations.LARGEST_ANGLE);
    }

    @Test
    void whatWasDecodedIsEncodedAsBefore() {
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            int rotation = Rotations.encode(
                    random.nextGaussian(), random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
            Rotations.decode(rotation, decoded);
            int again = Rotations.encode(decoded[0], decoded[1], decoded[2], decoded[3]);
            // Where the largest components nearly tie, another one may be left out.
            if (again >>> 30 == rotation >>> 30) {
                assertThat(again).isEqualTo(rotation);
            }
        }
    }

    @Test
    void anyBitsDecodeToAUnitQuaternion() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            Rotations.decode(random.nextInt(), decoded);
            assertThat(dot(decoded, decoded)).isBetween(1 - 1e-9, 1 + 1e-9);
        }
        Rotations.decode(-1, decoded);
        assertThat(dot(decoded, decoded)).isBetween(1 - 1e-9, 1 + 1e-9);
    }

    @Test
    void whatNobodyHasToldIsNoRotation() {
        Rotations.decode(Rotations.UNTOLD, decoded);
        assertThat(decoded).containsExactly(0, 0, 0, 1);
    }

    @Test
    void whatHasNoDirectionIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Rotations.encode(0, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Rotations.encode(Double.NaN, 0, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Rotations.encode(0, Double.POSITIVE_INFINITY, 0, 1));
    }

    private static double dot(double[] one, double[] other) {
        return one[0] * other[0] + one[1] * other[1] + one[2] * other[2] + one[3] * other[3];
    }
}
