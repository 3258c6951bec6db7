package org.vsekai.nebula.updater.semver;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version as Semantic Versioning 2.0.0 defines it, of at most {@value #MAX_LENGTH} characters. Numbers may be of any
 * magnitude that fits.
 *
 * <p>The natural order is precedence (section 11), which ignores build metadata: {@code compareTo} can be 0 for versions
 * that are not {@code equals}.
 */
public record SemanticVersion(String text) implements Comparable<SemanticVersion> {
    /** Longest text, characters; the manifest's schema has the same bound. */
    public static final int MAX_LENGTH = 255;

    private static final String NUMBER = "(?:0|[1-9][0-9]*)";
    private static final String IDENTIFIER = "(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)";
    private static final Pattern SYNTAX = Pattern.compile("(?<major>" + NUMBER + ")\\.(?<minor>" + NUMBER
            + ")\\.(?<patch>" + NUMBER + ")(?:-(?<pre>" + IDENTIFIER + "(?:\\." + IDENTIFIER
            + ")*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?");

    // Tags of the precedence encoding. The end of a list sorts before a further identifier (1.0.0-a < 1.0.0-a.1),
    // numbers before words, and a release after all of its pre-releases.
    private static final int END = 0x00;
    private static final int NUMERIC = 0x01;
    private static final int ALPHANUMERIC = 0x02;
    private static final int RELEASE = 0xff;

    /** @throws IllegalArgumentException if the text is no semantic version */
    public SemanticVersion {
        if (text.length() > MAX_LENGTH || !SYNTAX.matcher(text).matches()) {
            throw new IllegalArgumentException("not a semantic version (https://semver.org) of at most " + MAX_LENGTH
                    + " characters: " + excerpt(text));
        }
    }

    /** The version that the text denotes; empty if it denotes none. */
    public static Optional<SemanticVersion> find(String text) {
        return text.length() <= MAX_LENGTH && SYNTAX.matcher(text).matches()
                ? Optional.of(new SemanticVersion(text))
                : Optional.empty();
    }

    /**
     * Bytes whose unsigned lexicographic order is the order of precedence, so that {@code ORDER BY} on a binary column
     * orders versions. Equal for versions that differ in build metadata only. Fewer than 1,024 bytes.
     *
     * <p>Layout: three numbers, then {@code ff} for a release, else per pre-release identifier {@code 01} and a number
     * or {@code 02}, its ASCII text and {@code 00}, and at last {@code 00}. A number is the count of its digits, one
     * byte, and the digits in ASCII. For instance 1.0.0-rc.2 is {@code 01 31 01 30 01 30 02 72 63 00 01 01 32 00}.
     */
    public byte[] precedence() {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new AssertionError(text);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(32);
        writeNumber(out, matcher.group("major"));
        writeNumber(out, matcher.group("minor"));
        writeNumber(out, matcher.group("patch"));
        String preRelease = matcher.group("pre");
        if (preRelease == null) {
            out.write(RELEASE);
            return out.toByteArray();
        }
        for (String identifier : preRelease.split("\\.", -1)) {
            if (identifier.chars().allMatch(c -> c >= '0' && c <= '9')) {
                out.write(NUMERIC);
                writeNumber(out, identifier);
            } else {
                out.write(ALPHANUMERIC);
                out.writeBytes(identifier.getBytes(StandardCharsets.US_ASCII));
                out.write(END);
            }
        }
        out.write(END);
        return out.toByteArray();
    }

    // Without leading zeros the longer number is the greater one, and digits of one length compare as text.
    private static void writeNumber(ByteArrayOutputStream out, String digits) {
        out.write(digits.length());
        out.writeBytes(digits.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int compareTo(SemanticVersion other) {
        return Arrays.compareUnsigned(precedence(), other.precedence());
    }

    @Override
    public String toString() {
        return text;
    }

    private static String excerpt(String text) {
        return text.length() <= 64 ? '\'' + text + '\'' : '\'' + text.substring(0, 64) + "…'";
    }
}
