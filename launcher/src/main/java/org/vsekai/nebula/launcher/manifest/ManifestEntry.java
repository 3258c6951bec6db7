package org.vsekai.nebula.launcher.manifest;

/** A node below the root of a version's folder. Paths are relative, parted by {@code /}, and safe to resolve. */
public sealed interface ManifestEntry {
    String path();

    /**
     * @param permissions permission bits
     * @param size bytes
     * @param sha256 of the content, 64 lower-case hex digits
     */
    record File(String path, int permissions, long size, String sha256) implements ManifestEntry {}

    /** @param permissions permission bits */
    record Directory(String path, int permissions) implements ManifestEntry {}

    /** @param target as written into the link; it stays within the folder */
    record Symlink(String path, String target) implements ManifestEntry {}
}
