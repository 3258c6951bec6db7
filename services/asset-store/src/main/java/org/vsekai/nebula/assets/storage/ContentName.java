package org.vsekai.nebula.assets.storage;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.vsekai.nebula.kit.problem.ProblemException;

/**
 * The name of a file that is called by the SHA-256 of its bytes.
 *
 * @param sha256 64 lower-case hex digits
 * @param extension with its dot
 */
public record ContentName(String sha256, String extension) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public ContentName {
        if (!SHA256.matcher(sha256).matches()) {
            throw ProblemException.invalid("INVALID_NAME", "The name must begin with a SHA-256 as 64 hex digits.");
        }
    }

    /**
     * @param extensions those that may follow the digest
     * @throws ProblemException INVALID_NAME
     */
    public static ContentName parse(String name, List<String> extensions) {
        String lower = name.toLowerCase(Locale.ROOT);
        return extensions.stream()
                .filter(lower::endsWith)
                .findFirst()
                .map(extension -> new ContentName(lower.substring(0, lower.length() - extension.length()), extension))
                .orElseThrow(() -> ProblemException.invalid(
                        "INVALID_NAME",
                        "The name must be a SHA-256 as 64 hex digits, followed by " + String.join(" or ", extensions)
                                + "."));
    }

    @Override
    public String toString() {
        return sha256 + extension;
    }
}
