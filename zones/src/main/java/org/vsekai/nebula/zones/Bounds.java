package org.vsekai.nebula.zones;

/** Checks of settings. */
final class Bounds {
    private Bounds() {}

    static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", not " + value);
        }
    }
}
