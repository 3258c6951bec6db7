package org.vsekai.nebula.updater.version;

import java.util.UUID;
import org.vsekai.nebula.updater.assets.AssetReference;

/**
 * A file of a version.
 *
 * @param name its path below the folder that was published
 * @param uri its place in the archive
 * @param checksumHash {@code sha256:} and 64 hex digits
 */
public record VersionFile(UUID id, String name, AssetReference uri, String checksumHash) {}
