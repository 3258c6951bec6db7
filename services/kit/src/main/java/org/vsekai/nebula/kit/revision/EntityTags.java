package org.vsekai.nebula.kit.revision;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** Strong entity tags, quotes included, and their comparison with what a request asks for. */
public final class EntityTags {
    private EntityTags() {}

    /** The tag of a resource whose revision the given fields determine: equal fields, equal tag. */
    public static String of(Object... fields) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Object field : fields) {
                byte[] text = String.valueOf(field).getBytes(StandardCharsets.UTF_8);
                // The length keeps ("a", "bc") apart from ("ab", "c").
                digest.update((text.length + ":").getBytes(StandardCharsets.UTF_8));
                digest.update(text);
            }
            return ofHex(HexFormat.of().formatHex(digest.digest(), 0, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The tag of content with this digest. */
    public static String ofHex(String hex) {
        return '"' + hex + '"';
    }

    /**
     * Lets an update pass only if the caller has seen the current revision.
     *
     * @throws ProblemException REVISION_REQUIRED (428) without If-Match, REVISION_MISMATCH (412) if it names another
     */
    public static void requireMatch(@Nullable String ifMatch, String current) {
        if (ifMatch == null || ifMatch.isBlank()) {
            throw new ProblemException(
                    ProblemKind.PRECONDITION_REQUIRED,
                    "REVISION_REQUIRED",
                    "Send If-Match with the ETag that a GET of this resource answered.");
        }
        if (!isMatch(ifMatch, current)) {
            throw new ProblemException(
                    ProblemKind.REVISION_MISMATCH,
                    "REVISION_MISMATCH",
                    "The resource has changed since it was read; its ETag is now " + current
                            + ". Read it again, then repeat the change.");
        }
    }

    /** Whether If-Match names the current revision. */
    public static boolean isMatch(String ifMatch, String current) {
        return contains(ifMatch, current, false);
    }

    /** Whether If-None-Match names the current revision, so that 304 is the answer to a GET. */
    public static boolean isNotModified(@Nullable String ifNoneMatch, String current) {
        return ifNoneMatch != null && contains(ifNoneMatch, current, true);
    }

    // If-Match compares strongly (a weak tag never matches), If-None-Match weakly: RFC 9110, 13.1.1 and 13.1.2.
    private static boolean contains(String header, String current, boolean weakly) {
        for (String part : header.split(",")) {
            String tag = part.strip();
            if (tag.equals("*") || tag.equals(current) || (weakly && tag.equals("W/" + current))) {
                return true;
            }
        }
        return false;
    }
}
