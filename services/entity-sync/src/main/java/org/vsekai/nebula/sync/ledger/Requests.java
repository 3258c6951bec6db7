package org.vsekai.nebula.sync.ledger;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Function;
import org.vsekai.nebula.api.ledger.v1.ReadConsistency;
import org.vsekai.nebula.kit.call.ServedCall;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Consistency;
import org.vsekai.nebula.ledger.Ledger;
import org.vsekai.nebula.ledger.LedgerView;
import org.vsekai.nebula.ledger.RequestId;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.sync.EntitySyncConfig;
import org.vsekai.nebula.sync.member.LedgerHost;

/** Puts requests to the ledger of this process, for no longer than their callers wait. */
@ApplicationScoped
class Requests {
    private final LedgerHost host;
    private final Duration patience;

    Requests(LedgerHost host, EntitySyncConfig config) {
        this.host = host;
        this.patience = config.member().patience();
    }

    /** Carries out a gRPC caller's command, and fails with what refuses it unless the answer knows that refusal. */
    <T> Uni<T> execute(String requestId, Command command, Function<Result, T> answer) {
        Duration timeout = ofCaller();
        RequestId id = RequestId.parse(requestId);
        return Uni.createFrom()
                .completionStage(() -> host.ledger().execute(id, command, timeout))
                .map(answer);
    }

    /** Asks a gRPC caller's question. */
    <T> Uni<T> read(ReadConsistency wanted, Function<LedgerView, T> query) {
        Duration timeout = ofCaller();
        Consistency consistency =
                switch (wanted) {
                    case READ_CONSISTENCY_UNSPECIFIED, READ_CONSISTENCY_LINEARIZABLE -> Consistency.LINEARIZABLE;
                    case READ_CONSISTENCY_STALE -> Consistency.STALE;
                    case UNRECOGNIZED ->
                        throw ProblemException.invalid("INVALID_FIELD", "read_consistency is none that is known here.");
                };
        return read(consistency, timeout, query);
    }

    /** Asks a question of the operators' REST resource. */
    <T> Uni<T> read(Consistency consistency, Function<LedgerView, T> query) {
        return read(consistency, patience, query);
    }

    private <T> Uni<T> read(Consistency consistency, Duration timeout, Function<LedgerView, T> query) {
        return Uni.createFrom().completionStage(() -> host.ledger().read(consistency, timeout, query));
    }

    /**
     * What the caller still waits, less a tenth: an answer that says what is known is of more use than a deadline that
     * passed. Never longer than the ledger takes.
     */
    private Duration ofCaller() {
        Duration wanted = ServedCall.current()
                .remaining()
                .map(remaining -> remaining.multipliedBy(9).dividedBy(10))
                .orElse(patience);
        Duration shortest = Duration.ofMillis(1);
        return wanted.compareTo(Ledger.LONGEST_TIMEOUT) > 0
                ? Ledger.LONGEST_TIMEOUT
                : wanted.compareTo(shortest) < 0 ? shortest : wanted;
    }
}
