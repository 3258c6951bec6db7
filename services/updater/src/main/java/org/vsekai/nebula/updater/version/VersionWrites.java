package org.vsekai.nebula.updater.version;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import org.vsekai.nebula.kit.fence.Fences;
import org.vsekai.nebula.kit.intent.IntentResolver;
import org.vsekai.nebula.kit.intent.Verdict;
import org.vsekai.nebula.kit.intent.WriteIntent;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.LedgerOutcomeUnknownException;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.transaction.Transactions;
import org.vsekai.nebula.updater.assets.AssetStoreClient;
import org.vsekai.nebula.updater.assets.AssetStoreException;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.mode.Mode;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/**
 * What the two kinds of write that touch both the versions and asset-store's pins have in common: what they cover, by which
 * resource they are fenced, and how it is found out what became of one whose writer is no more. A pin is its version's: it
 * is kept and confirmed where the version is there, and dropped where it is not.
 */
@ApplicationScoped
class VersionWrites {
    private static final String FENCE = "fence";
    private static final String VERSION = "version";
    private static final String INDEX = "index";

    private final Fences fences;
    private final Transactions transactions;
    private final VersionRepository versions;
    private final AssetStoreClient assets;
    private final LedgerClient ledger;

    VersionWrites(
            Fences fences,
            Transactions transactions,
            VersionRepository versions,
            AssetStoreClient assets,
            LedgerClient ledger) {
        this.fences = fences;
        this.transactions = transactions;
        this.versions = versions;
        this.assets = assets;
        this.ledger = ledger;
    }

    /** What a write of a version covers. Whoever writes that version of that mode, writes one fence. */
    static List<String> covers(ModeName mode, SemanticVersion version, UUID id, IndexName index) {
        return List.of(
                FENCE + "/" + mode.text() + "/" + version.text(), VERSION + "/" + id, INDEX + "/" + index.text());
    }

    /** Makes sure that the write can be fenced. */
    Uni<Void> prepare(WriteIntent intent) {
        return fences.prepare(intent.covered(FENCE));
    }

    /** Begins the write's transaction. Fails with {@link org.vsekai.nebula.kit.fence.FencedOutException}. */
    Uni<Void> fence(WriteIntent intent) {
        return fences.fence(intent.covered(FENCE), intent.token());
    }

    /**
     * The generation that the mode shall have after the write's transaction; a number that nobody else is given. Fails with
     * {@link org.vsekai.nebula.kit.ledger.LedgerUnavailableException} or the like: a number that was given and is not known here
     * is left out, and nothing else has been done.
     */
    Uni<Long> nextGeneration(Mode mode) {
        return ledger.addToCounter("generation/" + mode.id(), 1)
                .onFailure(LedgerOutcomeUnknownException.class)
                .transform(open -> new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "LEDGER_UNAVAILABLE",
                        "The ledger did not answer in time; nothing was changed. Try again later.",
                        open));
    }

    /** Whether the version is there, now that the writer cannot add or remove it any more. */
    Uni<Boolean> look(WriteIntent intent) {
        return fences.shutOut(intent.covered(FENCE), intent.token())
                .chain(() -> transactions.inTransaction(() -> versions.existing(List.of(version(intent)))))
                .map(found -> !found.isEmpty());
    }

    private static UUID version(WriteIntent intent) {
        return UUID.fromString(intent.covered(VERSION));
    }

    /** Publishing: PENDING from before the pin until it is confirmed or dropped. The intent's id is the version's. */
    @ApplicationScoped
    static class Publishing implements IntentResolver {
        private final VersionWrites writes;

        Publishing(VersionWrites writes) {
            this.writes = writes;
        }

        @Override
        public String kind() {
            return "publish";
        }

        @Override
        public Uni<Verdict> resolve(WriteIntent intent) {
            UUID id = version(intent);
            return writes.look(intent)
                    .flatMap(isThere -> isThere
                            ? writes.confirmPin(new IndexName(intent.covered(INDEX)), id)
                                    .replaceWith((Verdict) new Verdict.Committed())
                            : writes.dropPin(id).replaceWith((Verdict) new Verdict.Aborted("no version came of it")));
        }
    }

    /** Deleting: PENDING from before the version goes until its pin is dropped. */
    @ApplicationScoped
    static class Deleting implements IntentResolver {
        private final VersionWrites writes;

        Deleting(VersionWrites writes) {
            this.writes = writes;
        }

        @Override
        public String kind() {
            return "delete";
        }

        @Override
        public Uni<Verdict> resolve(WriteIntent intent) {
            return writes.look(intent)
                    .flatMap(isThere -> isThere
                            ? Uni.createFrom().item(new Verdict.Aborted("the version is still there"))
                            : writes.dropPin(version(intent)).replaceWith((Verdict) new Verdict.Committed()));
        }
    }

    Uni<Void> confirmPin(IndexName index, UUID id) {
        return assets.confirmPin(id)
                // It can only be gone if somebody dropped it; the index is still wanted.
                .onFailure(failure -> failure instanceof AssetStoreException e
                        && e.reason() == AssetStoreException.Reason.PIN_NOT_FOUND)
                .recoverWithUni(() -> assets.pin(index, id).chain(() -> assets.confirmPin(id)));
    }

    Uni<Void> dropPin(UUID id) {
        return assets.unpin(id);
    }
}
