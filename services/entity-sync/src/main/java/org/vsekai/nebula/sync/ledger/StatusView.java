package org.vsekai.nebula.sync.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.LedgerView;
import org.vsekai.nebula.ledger.consensus.MemberStatus;

/** A member's status as JSON, as the gRPC message has it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StatusView(
        String id,
        String role,
        long term,
        @Nullable String leader,
        long commitIndex,
        long lastIndex,
        long appliedIndex,
        long snapshotIndex,
        long logBytes,
        List<String> members,
        List<PeerView> peers,
        @Nullable String failure,
        long counterCount,
        long leaseCount,
        long claimCount,
        long pendingIntentCount,
        long rememberedRequestCount,
        long fsyncs,
        long fsyncNanos,
        long applyNanos) {
    static StatusView of(Members.Report report) {
        MemberStatus status = report.status();
        LedgerView.Sizes sizes = report.sizes();
        return new StatusView(
                status.id(),
                status.role().name().toLowerCase(Locale.ROOT),
                status.term(),
                status.leader().orElse(null),
                status.commitIndex(),
                status.lastIndex(),
                status.appliedIndex(),
                status.snapshotIndex(),
                status.logBytes(),
                status.members(),
                PeerView.of(status),
                status.failure().orElse(null),
                sizes.counters(),
                sizes.leases(),
                sizes.claims(),
                sizes.pendingIntents(),
                sizes.requests(),
                status.fsyncs(),
                status.fsyncNanos(),
                status.applyNanos());
    }
}
