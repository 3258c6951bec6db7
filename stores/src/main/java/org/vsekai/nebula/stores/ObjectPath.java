package org.vsekai.nebula.stores;

import java.util.regex.Pattern;

/**
 * The paths that every store can hold alike: names of ASCII letters, digits and {@code . _ + = -}, none of which starts with a
 * dot (so no {@code ..} and none of the temporaries), with single slashes between them; at most {@value #MAX_LENGTH}
 * characters.
 */
public final class ObjectPath {
    /** Room for a prefix within S3's 1,024 bytes. */
    public static final int MAX_LENGTH = 512;

    private static final Pattern NAMES =
            Pattern.compile("[A-Za-z0-9_+=-][A-Za-z0-9._+=-]*(/[A-Za-z0-9_+=-][A-Za-z0-9._+=-]*)*");

    private ObjectPath() {}

    /** Whether this is the path of an object. */
    public static boolean isValid(String path) {
        return path.length() <= MAX_LENGTH && NAMES.matcher(path).matches();
    }

    /** @throws IllegalArgumentException unless it is valid */
    public static String check(String path) {
        if (!isValid(path)) {
            throw new IllegalArgumentException(
                    "\"%s\" is not the path of an object: want at most %d letters, digits and . _ + = - with slashes between names that do not start with a dot"
                            .formatted(path, MAX_LENGTH));
        }
        return path;
    }

    /** As {@link #check}, but empty means everything. @throws IllegalArgumentException unless it is valid */
    public static String checkFolder(String folder) {
        return folder.isEmpty() ? folder : check(folder);
    }
}
