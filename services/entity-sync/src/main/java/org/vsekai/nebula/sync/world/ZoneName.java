package org.vsekai.nebula.sync.world;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A zone by its place in its world, written {@code city/0/2}.
 *
 * @param world lower-case letters, digits and hyphens, at most 63
 * @param x column in the world's grid
 * @param z row
 */
public record ZoneName(String world, int x, int z) {
    private static final Pattern FORM =
            Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)/(0|[1-9]\\d{0,3})/(0|[1-9]\\d{0,3})");

    public static Optional<ZoneName> find(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new ZoneName(
                        matcher.group(1), Integer.parseInt(matcher.group(3)), Integer.parseInt(matcher.group(4))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return world + "/" + x + "/" + z;
    }
}
