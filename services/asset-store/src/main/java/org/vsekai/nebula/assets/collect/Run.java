package org.vsekai.nebula.assets.collect;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One run of the collector or the verifier.
 *
 * @param deleteGarbage false: a collection only counts what it would delete
 * @param graceSeconds for how long garbage stays
 * @param repairFrom the store that a verification heals this one from
 * @param figures what was found and done so far, by name
 * @param report what the figures do not tell: damaged chunks, the reason of a failure
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Run(
        UUID id,
        Kind kind,
        State state,
        boolean deleteGarbage,
        long graceSeconds,
        @Nullable String repairFrom,
        String phase,
        Map<String, Long> figures,
        List<String> report,
        Instant insertedAt,
        Instant updatedAt) {
    public enum Kind {
        COLLECTION,
        VERIFICATION
    }

    public enum State {
        RUNNING,
        COMPLETED,
        FAILED,
        CANCELLED
    }

    public Run {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        report = List.copyOf(report);
    }
}
