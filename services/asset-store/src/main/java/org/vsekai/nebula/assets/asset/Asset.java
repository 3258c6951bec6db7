package org.vsekai.nebula.assets.asset;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.revision.EntityTags;

/**
 * A file under an id that stays.
 *
 * @param name of the file, for whoever saves it; absent if it was given none
 * @param size bytes
 * @param index name of the index that describes its bytes now
 * @param owner who put it, the first to hold a reference
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Asset(
        UUID id,
        @Nullable String name,
        String mediaType,
        long size,
        String index,
        String owner,
        Instant insertedAt,
        Instant updatedAt) {

    /** The strong entity tag of its bytes as they are served. */
    String entityTag() {
        return EntityTags.of(index, mediaType, name == null ? "" : name);
    }
}
