package org.vsekai.nebula.sync.ledger;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Optional;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.problem.ProblemTranslator;
import org.vsekai.nebula.ledger.InvalidCommandException;
import org.vsekai.nebula.ledger.LedgerException;
import org.vsekai.nebula.ledger.LedgerOutcomeUnknownException;
import org.vsekai.nebula.ledger.LedgerUnavailableException;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.TooManyWatchesException;
import org.vsekai.nebula.ledger.consensus.NotProposedException;
import org.vsekai.nebula.ledger.consensus.OutcomeUnknownException;
import org.vsekai.nebula.ledger.consensus.ProposalException;

/** What the ledger's exceptions and refusals mean to a caller. */
@ApplicationScoped
class LedgerProblems implements ProblemTranslator {
    @Override
    public Optional<ProblemException> translate(Throwable failure) {
        return switch (failure) {
            case LedgerException known -> Optional.of(problem(known));
            case ProposalException known -> Optional.of(problem(known));
            default -> Optional.empty();
        };
    }

    /** Of changes of members and snapshots, which carry no request id. */
    private static ProblemException problem(ProposalException failure) {
        return switch (failure) {
            case NotProposedException e ->
                new ProblemException(
                        ProblemKind.UNAVAILABLE, "NO_LEADER", "Nothing was done: " + e.getMessage() + ".", e);
            case OutcomeUnknownException e ->
                new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "OUTCOME_UNKNOWN",
                        "The change may or may not be made. Look at the members before trying again.",
                        e);
        };
    }

    private static ProblemException problem(LedgerException failure) {
        return switch (failure) {
            case InvalidCommandException e ->
                new ProblemException(
                        ProblemKind.INVALID, "INVALID_FIELD", "The request breaks a rule: " + e.getMessage() + ".", e);
            case LedgerUnavailableException e ->
                new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "NO_LEADER",
                        "No majority of the ledger's members answers. Nothing was done. Try again later; a read may be asked"
                                + " for as stale.",
                        e);
            case LedgerOutcomeUnknownException e ->
                new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "OUTCOME_UNKNOWN",
                        "The command was taken, and its outcome is not known. Send it again with request id "
                                + e.requestId() + ".",
                        e);
            case TooManyWatchesException e ->
                new ProblemException(
                        ProblemKind.TOO_MANY_REQUESTS,
                        "TOO_MANY_WATCHES",
                        "This member serves as many watches as it may. Ask another one.",
                        e);
        };
    }

    /** A refusal that the answer's message has no place for. */
    static ProblemException refused(Result.Refusal refusal) {
        return switch (refusal) {
            case Result.CounterMismatch e ->
                ProblemException.failedPrecondition("COUNTER_MISMATCH", "The counter is " + e.actual() + ".");
            case Result.CounterOverflow e ->
                ProblemException.failedPrecondition(
                        "COUNTER_OVERFLOW", "The counter is " + e.actual() + "; the sum would be no 64-bit number.");
            case Result.LeaseHeld e ->
                ProblemException.failedPrecondition("LEASE_HELD", "The lease is held by " + e.holder() + ".");
            case Result.LeaseLost e ->
                ProblemException.failedPrecondition(
                        "LEASE_LOST", "There is no lease " + e.lease() + " with that token any more.");
            case Result.ClaimHeld e ->
                ProblemException.failedPrecondition("CLAIM_HELD", "The resource is claimed under " + e.lease() + ".");
            case Result.ClaimLost e ->
                ProblemException.failedPrecondition(
                        "CLAIM_LOST", "There is no claim of " + e.resource() + " with that token any more.");
            case Result.IntentExists e ->
                ProblemException.alreadyExists("INTENT_EXISTS", "There is an intent " + e.id() + " already.");
            case Result.IntentUnknown e ->
                ProblemException.notFound(
                        "INTENT_NOT_FOUND", "The intent " + e.id() + " was never begun, or is finished and forgotten.");
            case Result.IntentNotPending e ->
                ProblemException.failedPrecondition(
                        "INTENT_" + e.state().name(),
                        "The intent " + e.id() + " is " + e.state().name().toLowerCase(Locale.ROOT) + ".");
            case Result.IntentNotYours e ->
                ProblemException.failedPrecondition(
                        "TOKEN_REFUSED",
                        "The token is neither that of the intent " + e.id() + " nor that of the claim of recovery.");
            case Result.WriterAlive e ->
                ProblemException.failedPrecondition(
                        "WRITER_ALIVE",
                        "The writer of the intent " + e.id() + " still holds its lease " + e.lease() + ".");
            case Result.ClaimTooOld e ->
                ProblemException.failedPrecondition(
                        "CLAIM_TOO_OLD",
                        "The claim of recovery is older than the intent " + e.id() + ". Claim it again first.");
            case Result.LimitReached e ->
                new ProblemException(
                        ProblemKind.TOO_MANY_REQUESTS,
                        "LIMIT_REACHED",
                        "The ledger holds " + e.limit() + " "
                                + e.what().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                                + ", as many as it may.");
            case Result.WindowFull e ->
                new ProblemException(
                        ProblemKind.TOO_MANY_REQUESTS,
                        "WINDOW_FULL",
                        "The ledger remembers " + e.limit() + " requests, as many as it may. Try again more slowly.");
            case Result.RequestReused e ->
                ProblemException.invalid("REQUEST_ID_REUSED", "The request id was used for another command.");
            case Result.RequestExpired e ->
                new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "REQUEST_EXPIRED",
                        "The command took too long to reach the log. This attempt did nothing.");
            case Result.Malformed e ->
                ProblemException.invalid(
                        "COMMAND_MALFORMED", "The members do not know the command: " + e.problem() + ".");
        };
    }

    /** A result that this command cannot have. */
    static IllegalStateException unexpected(Result result) {
        return new IllegalStateException("the ledger answered " + result + " to a command of another kind");
    }
}
