package org.vsekai.nebula.kit.paging;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;
import org.vsekai.nebula.kit.problem.ProblemException;

/** Where an item stands in a list in the order of insertion; the id tells items of one moment apart. */
public record InsertionKey(Instant insertedAt, UUID id) {
    /**
     * Reads {@link #text()}.
     *
     * @throws ProblemException INVALID_CURSOR
     */
    public static InsertionKey parse(String text) {
        int space = text.indexOf(' ');
        try {
            return new InsertionKey(
                    Instant.parse(text.substring(0, Math.max(space, 0))), UUID.fromString(text.substring(space + 1)));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw ProblemException.invalid("INVALID_CURSOR", PageRequest.INVALID_CURSOR);
        }
    }

    /** The sort key for a page's {@code next}. */
    public String text() {
        return insertedAt + " " + id;
    }
}
