package org.vsekai.nebula.client.entities;

/**
 * The circle on the ground whose cells a session sees. Lengths are millimetres.
 *
 * @param radius not negative, and at most what {@link JoinedZone#largestRadius} says; 0 sees nothing
 * @param follow if not 0, the handle of the entity that the middle follows; x and z are where it is until then
 */
public record AreaOfInterest(int x, int z, int radius, int follow) {
    /** Sees nothing. */
    public static final AreaOfInterest NOTHING = new AreaOfInterest(0, 0, 0, 0);

    public AreaOfInterest {
        if (radius < 0) {
            throw new IllegalArgumentException("a radius of " + radius + " mm");
        }
    }

    public static AreaOfInterest around(int x, int z, int radius) {
        return new AreaOfInterest(x, z, radius, 0);
    }

    /** Around an entity, wherever it goes. Until it is there, and once it is gone, the middle is where it was last, or else the corner. */
    public static AreaOfInterest following(int handle, int radius) {
        return new AreaOfInterest(0, 0, radius, handle);
    }

    void write(WireWriter to) {
        to.sint32(1, x);
        to.sint32(2, z);
        to.uint32(3, radius);
        to.uint32(4, follow);
    }
}
