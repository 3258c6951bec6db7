package org.vsekai.nebula.launcher.version;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version by Semantic Versioning 2.0.0. Order is precedence, so build metadata does not take part in {@link #compareTo}
 * although it does in {@link #equals}. Numbers are compared as digits: they have no upper limit but the text's length.
 */
public record SemanticVersion(String text, List<String> core, List<String> preRelease)
        implements Comparable<SemanticVersion> {
    /** Longest accepted text, characters. */
    public static final int TEXT_LIMIT = 255;

    /** The alternative that reads on comes first: the repetitions below are possessive and try no other. */
    private static final String IDENTIFIER = "(?:\\d*[a-zA-Z-][0-9a-zA-Z-]*|0|[1-9]\\d*)";

    private static final Pattern GRAMMAR = Pattern.compile("(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
            + "(?:-(" + IDENTIFIER + "(?:\\." + IDENTIFIER + ")*+))?"
            + "(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*+)?");

    public SemanticVersion {
        core = List.copyOf(core);
        preRelease = List.copyOf(preRelease);
    }

    /** @throws IllegalArgumentException if the text is not a version */
    public static SemanticVersion parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text.length() <= TEXT_LIMIT ? text : "");
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a semantic version such as 0.2.0 or 1.0.0-rc.1: '"
                    + text.substring(0, Math.min(text.length(), 40)) + "'");
        }
        String preRelease = matcher.group(4);
        return new SemanticVersion(
                text,
                List.of(matcher.group(1), matcher.group(2), matcher.group(3)),
                preRelease == null ? List.of() : List.of(preRelease.split("\\.", -1)));
    }

    @Override
    public int compareTo(SemanticVersion other) {
        for (int i = 0; i < core.size(); i++) {
            int order = compareNumbers(core.get(i), other.core.get(i));
            if (order != 0) {
                return order;
            }
        }
        if (preRelease.isEmpty() || other.preRelease.isEmpty()) {
            return Boolean.compare(preRelease.isEmpty(), other.preRelease.isEmpty());
        }
        int shared = Math.min(preRelease.size(), other.preRelease.size());
        for (int i = 0; i < shared; i++) {
            int order = compareIdentifiers(preRelease.get(i), other.preRelease.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(preRelease.size(), other.preRelease.size());
    }

    private static int compareIdentifiers(String left, String right) {
        boolean leftNumeric = left.chars().allMatch(c -> c >= '0' && c <= '9');
        boolean rightNumeric = right.chars().allMatch(c -> c >= '0' && c <= '9');
        if (leftNumeric && rightNumeric) {
            return compareNumbers(left, right);
        }
        return leftNumeric == rightNumeric ? left.compareTo(right) : Boolean.compare(rightNumeric, leftNumeric);
    }

    private static int compareNumbers(String left, String right) {
        return left.length() == right.length() ? left.compareTo(right) : Integer.compare(left.length(), right.length());
    }

    @Override
    public String toString() {
        return text;
    }
}
