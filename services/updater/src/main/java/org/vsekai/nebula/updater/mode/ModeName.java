package org.vsekai.nebula.updater.mode;

import java.util.regex.Pattern;
import org.vsekai.nebula.kit.problem.ProblemException;

/** A mode's name: 1 to 63 of {@code a-z 0-9 . _ -}, the first a letter or digit; fit for a path and a file name. */
public record ModeName(String text) {
    private static final Pattern SYNTAX = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    /** @throws IllegalArgumentException if the text is no such name */
    public ModeName {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not a mode's name");
        }
    }

    /** @throws ProblemException INVALID_MODE_NAME if a caller's text is no such name */
    public static ModeName parse(String text) {
        if (!isValid(text)) {
            throw ProblemException.invalid(
                    "INVALID_MODE_NAME",
                    "A mode's name has 1 to 63 of the characters a-z 0-9 . _ - and begins with a letter or digit.");
        }
        return new ModeName(text);
    }

    private static boolean isValid(String text) {
        return text.length() <= 63 && SYNTAX.matcher(text).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
