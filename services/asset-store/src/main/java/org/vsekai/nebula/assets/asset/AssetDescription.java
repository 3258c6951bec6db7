package org.vsekai.nebula.assets.asset;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;

/**
 * What a caller says of an asset besides its bytes.
 *
 * @param name of the file, 1 to 255 characters, without folders
 * @param mediaType as in a Content-Type, at most 255 characters; without it the name's extension tells
 * @param owner 1 to 200 characters; without it an asset keeps the one it has
 */
public record AssetDescription(Optional<String> name, Optional<String> mediaType, Optional<String> owner) {
    private static final int MAX_CHARACTERS = 255;
    private static final int MAX_HOLDER_CHARACTERS = 200;
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** RFC 9110, 8.3.1 and 5.6.4, without its obsolete text: what is not ASCII has no agreed form in a header. */
    private static final Pattern MEDIA_TYPE = Pattern.compile(
            TOKEN + "/" + TOKEN + "(?:[ \t]*;[ \t]*" + TOKEN + "=(?:" + TOKEN + "|\"[\t !#-\\[\\]-~]*\"))*");

    /** @throws ProblemException INVALID_NAME, INVALID_MEDIA_TYPE, INVALID_OWNER */
    public AssetDescription {
        name.ifPresent(AssetDescription::checkName);
        mediaType = mediaType.map(String::strip);
        mediaType.ifPresent(AssetDescription::checkMediaType);
        owner.ifPresent(holder -> checkHolder(holder, "INVALID_OWNER", "owner"));
    }

    private static void checkName(String name) {
        if (name.isBlank()
                || name.length() > MAX_CHARACTERS
                || name.codePoints()
                        .anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c) || isSurrogate(c))) {
            throw ProblemException.invalid(
                    "INVALID_NAME",
                    "The name must have 1 to " + MAX_CHARACTERS
                            + " characters, without slashes and control characters.");
        }
    }

    private static boolean isSurrogate(int codePoint) {
        return Character.getType(codePoint) == Character.SURROGATE;
    }

    private static void checkMediaType(String mediaType) {
        if (mediaType.length() > MAX_CHARACTERS
                || !MEDIA_TYPE.matcher(mediaType).matches()) {
            throw ProblemException.invalid(
                    "INVALID_MEDIA_TYPE", "The media type must be one such as model/gltf-binary.");
        }
    }

    /** @throws ProblemException with the code given */
    static String checkHolder(String holder, String code, String what) {
        if (holder.isBlank()
                || holder.length() > MAX_HOLDER_CHARACTERS
                || holder.codePoints().anyMatch(c -> Character.isISOControl(c) || isSurrogate(c))) {
            throw ProblemException.invalid(
                    code,
                    "The " + what + " must have 1 to " + MAX_HOLDER_CHARACTERS
                            + " characters, without control characters.");
        }
        return holder;
    }

    /** The media type given, else the one that the file's name tells, else that of any bytes. */
    String mediaTypeOf(@Nullable String fileName) {
        return mediaType
                .filter(given -> !given.split(";", 2)[0].strip().equalsIgnoreCase(MediaTypes.ANY_BYTES))
                .or(() -> Optional.ofNullable(fileName).flatMap(MediaTypes::find))
                .orElse(MediaTypes.ANY_BYTES);
    }
}
