package org.vsekai.nebula.launcher.progress;

import java.util.Locale;

/** Text as a terminal may safely show it. */
public final class TerminalText {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private TerminalText() {}

    /** Drops what a terminal would obey instead of show: names and messages come from servers and archives. */
    public static String printable(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == '\n' || c == '\t' || !hidden(c) ? c : '?')
                .forEach(kept::appendCodePoint);
        return kept.toString();
    }

    private static boolean hidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR -> true;
            default -> false;
        };
    }

    /** For people: {@code 1.4 MiB}. */
    public static String bytes(long count) {
        double value = count;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? count + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
