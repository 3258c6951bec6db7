package org.vsekai.nebula.launcher.swap;

import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.manifest.Manifest;
import org.vsekai.nebula.launcher.manifest.ManifestEntry;

/** Which paths of a folder came with a version; the others are the player's. */
public interface ShippedPaths {
    /** A folder into which no version was installed. */
    ShippedPaths NONE = path -> null;

    @Nullable
    ManifestEntry entry(String path);

    static ShippedPaths of(Manifest manifest) {
        return manifest.entries()::get;
    }

    /** Whether a node on disk is the shipped one, perhaps with other content. A player may have put another kind in its place. */
    default boolean ships(String path, BasicFileAttributes node) {
        return switch (entry(path)) {
            case null -> false;
            case ManifestEntry.File ignored -> node.isRegularFile();
            case ManifestEntry.Directory ignored -> node.isDirectory();
            case ManifestEntry.Symlink ignored -> node.isSymbolicLink();
        };
    }
}
