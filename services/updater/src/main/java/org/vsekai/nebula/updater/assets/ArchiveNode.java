package org.vsekai.nebula.updater.assets;

import java.util.regex.Pattern;

/** One node of a verified archive. Everything is checked: it comes from another machine. */
public sealed interface ArchiveNode {
    /** Longest path or link target, characters. */
    int MAX_PATH_LENGTH = 4095;

    /** Greatest integer that every JSON reader takes exactly (RFC 8259, 6). */
    long MAX_EXACT_INTEGER = (1L << 53) - 1;

    /** Below the archive's root, {@code /} between segments. */
    String path();

    /**
     * @param mode permission bits, 0 to 0777
     * @param size bytes
     * @param sha256 of the content, 64 hex digits
     */
    record File(String path, int mode, long size, String sha256) implements ArchiveNode {
        private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

        public File {
            requirePath(path);
            requireMode(path, mode);
            if (size < 0 || size > MAX_EXACT_INTEGER) {
                throw new UnsuitableArchiveException(path, "its size is out of range");
            }
            if (!SHA256.matcher(sha256).matches()) {
                throw new UnsuitableArchiveException(path, "its SHA-256 is not one");
            }
        }
    }

    /** @param mode permission bits, 0 to 0777 */
    record Directory(String path, int mode) implements ArchiveNode {
        public Directory {
            requirePath(path);
            requireMode(path, mode);
        }
    }

    /** @param target where the link points, as the archive has it */
    record Symlink(String path, String target) implements ArchiveNode {
        public Symlink {
            requirePath(path);
            if (target.isEmpty() || target.length() > MAX_PATH_LENGTH || target.indexOf('\0') >= 0) {
                throw new UnsuitableArchiveException(path, "its link target is empty, too long or has a NUL in it");
            }
        }
    }

    private static void requirePath(String path) {
        if (path.length() > MAX_PATH_LENGTH) {
            throw new UnsuitableArchiveException(
                    path.substring(0, 64) + "…", "its path is longer than " + MAX_PATH_LENGTH + " characters");
        }
        if (path.indexOf('\0') >= 0) {
            throw new UnsuitableArchiveException(path.replace('\0', '?'), "its path has a NUL in it");
        }
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw new UnsuitableArchiveException(path, "its path is not a plain path below the root");
            }
        }
    }

    private static void requireMode(String path, int mode) {
        if (mode < 0 || mode > 0777) {
            throw new UnsuitableArchiveException(
                    path, "its mode " + Integer.toOctalString(mode) + " has bits beyond 0777");
        }
    }
}
