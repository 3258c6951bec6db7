package org.vsekai.nebula.updater.assets;

import java.util.regex.Pattern;

/** The name of a manifest in asset-store: its SHA-256 in 64 hex digits and {@code .json}. */
public record ManifestName(String text) {
    private static final Pattern SYNTAX = Pattern.compile("[0-9a-f]{64}\\.json");

    /** @throws IllegalArgumentException if the text is no such name */
    public ManifestName {
        if (!SYNTAX.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a manifest is named by 64 lower-case hex digits, the SHA-256 of its bytes, and .json");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
