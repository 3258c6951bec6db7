package org.vsekai.nebula.sync.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.Intent;

/** An intent as JSON. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record IntentView(
        UUID id,
        String kind,
        String writer,
        String lease,
        long leaseToken,
        long token,
        String state,
        @Nullable String reason,
        List<String> covers,
        Instant begunAt,
        @Nullable Instant finishedAt,
        boolean orphaned) {
    static IntentView of(Intent intent, boolean orphaned) {
        return new IntentView(
                intent.id(),
                intent.kind(),
                intent.writer(),
                intent.lease(),
                intent.leaseToken(),
                intent.token(),
                intent.state().name().toLowerCase(Locale.ROOT),
                intent.reason().orElse(null),
                intent.covers(),
                intent.begunAt(),
                intent.finishedAt().orElse(null),
                orphaned);
    }
}
