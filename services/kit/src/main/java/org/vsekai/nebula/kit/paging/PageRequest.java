package org.vsekai.nebula.kit.paging;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/**
 * What part of a list a caller wants.
 *
 * @param limit 1 to {@value #MAX_LIMIT} items
 * @param after the sort key of the last item that the caller has seen; empty for the beginning
 */
public record PageRequest(int limit, Optional<String> after) {
    public static final int MAX_LIMIT = 1000;
    public static final int DEFAULT_LIMIT = 100;
    private static final int MAX_CURSOR_CHARACTERS = 1024;
    static final String INVALID_CURSOR = "after must be the next of an earlier page, unchanged.";

    public PageRequest {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ProblemException.invalid(
                    "INVALID_LIMIT", "limit must lie between 1 and " + MAX_LIMIT + ", not " + limit + ".");
        }
    }

    /**
     * From query parameters {@code limit} and {@code after}, where {@code after} is the {@code next} of a page.
     *
     * @throws ProblemException INVALID_LIMIT or INVALID_CURSOR
     */
    public static PageRequest of(@Nullable Integer limit, @Nullable String cursor) {
        return new PageRequest(
                limit == null ? DEFAULT_LIMIT : limit,
                cursor == null || cursor.isEmpty() ? Optional.empty() : Optional.of(decode(cursor)));
    }

    /**
     * The same, from parameters as they stand in the query: whatever is no number is refused by name too.
     *
     * @throws ProblemException INVALID_LIMIT or INVALID_CURSOR
     */
    public static PageRequest ofQuery(@Nullable String limit, @Nullable String cursor) {
        try {
            return of(limit == null ? null : Integer.valueOf(limit), cursor);
        } catch (NumberFormatException e) {
            throw ProblemException.invalid("INVALID_LIMIT", "limit must be a number between 1 and " + MAX_LIMIT + ".");
        }
    }

    /**
     * From the fields {@code page_size} and {@code page_token} of a gRPC request, which are 0 and empty where they are absent.
     *
     * @throws ProblemException INVALID_LIMIT or INVALID_CURSOR
     */
    public static PageRequest ofMessage(int pageSize, String pageToken) {
        return of(pageSize == 0 ? null : pageSize, pageToken);
    }

    /** The field {@code page_token} of a request to another service for this part. */
    public String token() {
        return after.map(PageRequest::encode).orElse("");
    }

    static String encode(String sortKey) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sortKey.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String cursor) {
        try {
            if (cursor.length() <= MAX_CURSOR_CHARACTERS) {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor)))
                        .toString();
            }
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new ProblemException(ProblemKind.INVALID, "INVALID_CURSOR", INVALID_CURSOR, e);
        }
        throw ProblemException.invalid("INVALID_CURSOR", INVALID_CURSOR);
    }
}
