package org.vsekai.nebula.cdn.registry;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.kit.problem.ProblemException;

/**
 * What an operator says about a CDN.
 *
 * @param uid unique and unchanging: 1 to 64 letters, digits, dots, hyphens and underscores
 * @param name for people: 1 to 200 characters, no control characters
 * @param region lower-case: 1 to 64 letters, digits and hyphens
 */
public record CdnEntry(String uid, String name, CdnUri uri, String region) {
    private static final Pattern UID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,200}");
    private static final Pattern REGION = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    public CdnEntry {
        check(
                UID,
                "uid",
                uid,
                "1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit");
        check(NAME, "name", name, "1 to 200 characters, none of them a control character");
        check(
                REGION,
                "region",
                region,
                "1 to 64 lower-case letters, digits and hyphens, beginning with a letter or digit");
    }

    /**
     * From what a caller sent.
     *
     * @throws ProblemException INVALID_CDN if a field is missing or malformed, CDN_URI_REFUSED
     */
    public static CdnEntry of(
            @Nullable String uid, @Nullable String name, @Nullable String uri, @Nullable String region) {
        return new CdnEntry(
                required("uid", uid),
                required("name", name),
                CdnUri.parse(required("uri", uri)),
                required("region", region));
    }

    /** This entry with the changes made; a null leaves the field as it is. */
    CdnEntry with(@Nullable String newName, @Nullable CdnUri newUri, @Nullable String newRegion) {
        return new CdnEntry(
                uid,
                newName == null ? name : newName,
                newUri == null ? uri : newUri,
                newRegion == null ? region : newRegion);
    }

    private static String required(String field, @Nullable String value) {
        if (value == null) {
            throw ProblemException.invalid("INVALID_CDN", "The field " + field + " is missing.");
        }
        return value;
    }

    private static void check(Pattern pattern, String field, String value, String rule) {
        if (!pattern.matcher(value).matches()) {
            throw ProblemException.invalid("INVALID_CDN", "The field " + field + " must be " + rule + ".");
        }
    }
}
