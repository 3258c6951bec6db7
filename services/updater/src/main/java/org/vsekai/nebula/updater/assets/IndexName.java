package org.vsekai.nebula.updater.assets;

import java.util.regex.Pattern;

/** The name of an archive index in asset-store: its SHA-256 in 64 hex digits and {@code .caidx}. */
public record IndexName(String text) {
    private static final Pattern SYNTAX = Pattern.compile("[0-9a-f]{64}\\.caidx");

    /** @throws IllegalArgumentException if the text is no such name */
    public IndexName {
        if (!SYNTAX.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "an index is named by 64 lower-case hex digits, the SHA-256 of its" + " bytes, and .caidx");
        }
    }

    /** The SHA-256 of the index file, 64 hex digits. */
    public String sha256() {
        return text.substring(0, 64);
    }

    @Override
    public String toString() {
        return text;
    }
}
