package org.vsekai.nebula.assets.storage;

import java.nio.file.Path;

/**
 * A file as it is sent.
 *
 * @param size bytes
 * @param sha256 digest of the stored bytes in hex, which makes the entity tag
 */
public record StoredFile(Path path, long size, String sha256, String contentType) {}
