package org.vsekai.nebula.launcher;

import org.jspecify.annotations.Nullable;

/** No member of the ledger that was named answered as asked; each of them was tried where that is safe. */
public final class LedgerUnavailableException extends LauncherException {
    private static final long serialVersionUID = 1;

    private final String code;

    private LedgerUnavailableException(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** @param reasons one for each member that was asked */
    public static LedgerUnavailableException noAnswer(String reasons, @Nullable Throwable cause) {
        return new LedgerUnavailableException(
                "UNAVAILABLE",
                "no member of the ledger answers: " + reasons
                        + ". Check --ledger, and start the members that are down.",
                cause);
    }

    /** Members answer, and none of them has a majority behind it. */
    public static LedgerUnavailableException noLeader(String reasons, @Nullable Throwable cause) {
        return new LedgerUnavailableException(
                "NO_LEADER",
                "the ledger has no leader: " + reasons
                        + ". If 'vsekai ledger status' still shows none in ten seconds, fewer than"
                        + " half of the members reach each other: start those that are down. --stale reads what a member has.",
                cause);
    }

    /** The request reached a member and its answer is lost. */
    public static LedgerUnavailableException outcomeUnknown(String reason, @Nullable Throwable cause) {
        return new LedgerUnavailableException(
                "OUTCOME_UNKNOWN",
                reason
                        + ". It may be done or not, or be done yet: look with 'vsekai ledger members' before you try again.",
                cause);
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public ExitCode exit() {
        return ExitCode.UNAVAILABLE;
    }
}
