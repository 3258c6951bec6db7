package org.vsekai.nebula.assets.storage;

import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file as it is sent.
 *
 * @param object its path in the store
 * @param file where it lies on this machine; null if it comes from elsewhere
 * @param content its bytes, if they had to be read anyway; not to be changed
 * @param size bytes
 * @param sha256 digest of the stored bytes in hex, which makes the entity tag
 */
public record StoredFile(
        String object, @Nullable Path file, @Nullable Buffer content, long size, String sha256, String contentType) {}
