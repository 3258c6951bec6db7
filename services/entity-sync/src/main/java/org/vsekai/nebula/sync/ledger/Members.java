package org.vsekai.nebula.sync.ledger;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.ledger.Consistency;
import org.vsekai.nebula.ledger.Ledger;
import org.vsekai.nebula.ledger.LedgerView;
import org.vsekai.nebula.ledger.consensus.MemberStatus;
import org.vsekai.nebula.sync.member.LedgerHost;

/** The members and their log, as operators see and change them. */
@ApplicationScoped
class Members {
    /** Names that may stand in an URL and in a list separated by commas. */
    private static final String ID = "[A-Za-z0-9._-]{1,64}";

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /**
     * What a member tells.
     *
     * @param sizes of what it has applied
     */
    record Report(MemberStatus status, LedgerView.Sizes sizes) {}

    private final LedgerHost host;

    Members(LedgerHost host) {
        this.host = host;
    }

    /** Answered in a minority too. */
    Uni<Report> status() {
        return Uni.createFrom().completionStage(() -> {
            Ledger ledger = host.ledger();
            return ledger.read(Consistency.STALE, PATIENCE, LedgerView::sizes)
                    .thenApply(sizes -> new Report(ledger.status(), sizes));
        });
    }

    /** The index that the new snapshot covers. */
    Uni<Long> snapshot() {
        return changed(() -> host.ledger().snapshot())
                .map(report -> report.status().snapshotIndex());
    }

    Uni<Report> add(String id) {
        if (!id.matches(ID)) {
            throw ProblemException.invalid(
                    "INVALID_MEMBER_ID", "A member's id has 1 to 64 letters, digits, dots, hyphens and underscores.");
        }
        return status().flatMap(before -> {
            if (before.status().members().contains(id)) {
                throw ProblemException.alreadyExists("MEMBER_EXISTS", id + " is one of the members already.");
            }
            return changed(() -> host.ledger().addMember(id));
        });
    }

    Uni<Report> remove(String id) {
        return status().flatMap(before -> {
            if (!before.status().members().contains(id)) {
                throw ProblemException.notFound("MEMBER_UNKNOWN", id + " is none of the members.");
            }
            if (before.status().members().size() == 1) {
                throw ProblemException.failedPrecondition("LAST_MEMBER", id + " is the only member.");
            }
            return changed(() -> host.ledger().removeMember(id));
        });
    }

    private Uni<Report> changed(Supplier<CompletionStage<Void>> change) {
        return Uni.createFrom().completionStage(change).chain(this::status);
    }
}
