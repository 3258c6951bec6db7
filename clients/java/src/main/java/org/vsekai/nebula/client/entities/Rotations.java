package org.vsekai.nebula.client.entities;

/**
 * Unit quaternions in 32 bits, "smallest three", as {@code entities.proto} defines them: two bits number the component of the largest
 * magnitude, which is left out, and ten bits hold each of the others.
 *
 * <p>What was encoded comes back with no component further off than {@link #LARGEST_ERROR}, and as a rotation that differs by no more than
 * {@link #LARGEST_ANGLE} radians. Stateless and safe for threads.
 */
public final class Rotations {
    /** What stands for a rotation that nobody has told. */
    public static final int UNTOLD = 0;

    /** The unit of rotations. Its three small components are nearly and not wholly 0, as 10 bits have no middle. */
    public static final int IDENTITY = 0xE0080200;

    /**
     * Of one component of a unit quaternion. The three that are sent are off by at most half a step, which is {@code 1 / (1023 sqrt 2)}; the
     * fourth follows from them and may be off by three times as much.
     */
    public static final double LARGEST_ERROR = 0.0021;

    /** Between a rotation and what is decoded of it; about 0.28 degrees. */
    public static final double LARGEST_ANGLE = 0.0049;

    private static final double SQRT_2 = Math.sqrt(2);
    private static final int STEPS = 1023;

    private Rotations() {}

    /**
     * The rotation of this direction; its length does not matter.
     *
     * @throws IllegalArgumentException if the length is 0 or no number
     */
    public static int encode(double x, double y, double z, double w) {
        double length = Math.sqrt(x * x + y * y + z * z + w * w);
        if (!(length > 0 && length < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("(%s, %s, %s, %s) is no rotation".formatted(x, y, z, w));
        }
        int largest = 0;
        double value = x;
        if (Math.abs(y) > Math.abs(value)) {
            largest = 1;
            value = y;
        }
        if (Math.abs(z) > Math.abs(value)) {
            largest = 2;
            value = z;
        }
        if (Math.abs(w) > Math.abs(value)) {
            largest = 3;
            value = w;
        }
        double scale = value < 0 ? -1 / length : 1 / length;
        int first = tenBits((largest == 0 ? y : x) * scale);
        int second = tenBits((largest <= 1 ? z : y) * scale);
        int third = tenBits((largest <= 2 ? w : z) * scale);
        return largest << 30 | first << 20 | second << 10 | third;
    }

    private static int tenBits(double value) {
        // Rounding may leave a component a little beyond the half it cannot exceed.
        return Math.clamp(Math.round((value * SQRT_2 + 1) / 2 * STEPS), 0, STEPS);
    }

    /**
     * Puts x, y, z and w into the first four places: a unit quaternion, whatever the bits are. {@link #UNTOLD} is decoded as no rotation:
     * 0, 0, 0, 1.
     */
    public static void decode(int rotation, double[] into) {
        if (rotation == UNTOLD) {
            into[0] = 0;
            into[1] = 0;
            into[2] = 0;
            into[3] = 1;
            return;
        }
        int largest = rotation >>> 30;
        double sum = 0;
        int shift = 20;
        for (int i = 0; i < 4; i++) {
            if (i != largest) {
                double value = ((rotation >>> shift & STEPS) * 2.0 / STEPS - 1) / SQRT_2;
                into[i] = value;
                sum += value * value;
                shift -= 10;
            }
        }
        into[largest] = Math.sqrt(Math.max(0, 1 - sum));
        if (sum > 1) {
            // Nothing that was encoded comes here: three components so large belong to no unit quaternion.
            double length = Math.sqrt(sum);
            for (int i = 0; i < 4; i++) {
                into[i] /= length;
            }
        }
    }
}
