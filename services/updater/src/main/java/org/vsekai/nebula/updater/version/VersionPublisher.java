package org.vsekai.nebula.updater.version;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.transaction.DatabaseFailure;
import org.vsekai.nebula.kit.transaction.Transactions;
import org.vsekai.nebula.updater.assets.ArchiveNode;
import org.vsekai.nebula.updater.assets.ArchiveSummary;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.assets.AssetStoreClient;
import org.vsekai.nebula.updater.assets.AssetStoreException;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.assets.ManifestName;
import org.vsekai.nebula.updater.manifest.ManifestWriter;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.ModeNotFoundException;
import org.vsekai.nebula.updater.mode.Modes;
import org.vsekai.nebula.updater.mode.RecentChains;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/**
 * Creates versions.
 *
 * <p>The steps are: (1) pin the index, PENDING, in the name of the version's id; (2) have asset-store verify it; (3)
 * store the manifest; (4) one transaction for the version and its files, the moment at which readers see it; (5) confirm
 * the pin. Whatever happens, before (4) nothing is visible and after it everything is protected:
 *
 * <ul>
 *   <li>a failure before (4) drops the pin at once, or leaves it to {@link PinSweeper};
 *   <li>if it is not known whether (4) was committed, the pin stays, and the sweeper drops or confirms it;
 *   <li>a failure at (5) leaves a pin that protects as well as a confirmed one, until the sweeper confirms it.
 * </ul>
 *
 * <p>A manifest that no version came of is a few bytes under their own digest, and does no harm. Thread-safe.
 */
@ApplicationScoped
public class VersionPublisher {
    private static final Logger LOG = Logger.getLogger(VersionPublisher.class);

    private final Modes modes;
    private final Versions versions;
    private final AssetStoreClient assets;
    private final PackRequests packs;
    private final RecentChains recent;
    private final Transactions transactions;
    private final PublishConfig config;
    private final Clock clock;
    private final Semaphore inTheMaking;

    VersionPublisher(
            Modes modes,
            Versions versions,
            AssetStoreClient assets,
            PackRequests packs,
            RecentChains recent,
            Transactions transactions,
            PublishConfig config,
            Clock clock) {
        this.modes = modes;
        this.versions = versions;
        this.assets = assets;
        this.packs = packs;
        this.recent = recent;
        this.transactions = transactions;
        this.config = config;
        this.clock = clock;
        this.inTheMaking = new Semaphore(config.maxConcurrent());
    }

    /** What became of a request to create a version. */
    public sealed interface Outcome {
        Version version();

        /** It was made. */
        record Created(Version version) implements Outcome {}

        /** It was there, of the same index: an earlier attempt of the same request made it. */
        record Existing(Version version) implements Outcome {}
    }

    /** What asset-store found and stored. */
    private record Prepared(ArchiveSummary archive, List<ArchivedFile> files, ManifestName manifest) {}

    /**
     * Creates a version. Doing it again with the same index answers the version that is there.
     *
     * <p>Fails with {@link ModeNotFoundException}, {@link VersionExistsException}, {@link AssetStoreException}, what
     * refuses the archive, or PUBLISH_BUSY.
     */
    public Uni<Outcome> create(ModeName mode, SemanticVersion version, IndexName index, boolean skipUpdate) {
        return transactions
                .inTransaction(() -> findExisting(mode, version, index))
                .flatMap(existing -> existing.map(found -> Uni.createFrom().item(found))
                        .orElseGet(() -> {
                            if (!inTheMaking.tryAcquire()) {
                                throw new ProblemException(
                                        ProblemKind.TOO_MANY_REQUESTS,
                                        "PUBLISH_BUSY",
                                        config.maxConcurrent()
                                                + " versions are in the making. Try again when one is done.");
                            }
                            return make(mode, version, index, skipUpdate)
                                    .onTermination()
                                    .invoke(inTheMaking::release);
                        }));
    }

    private Uni<Outcome> make(ModeName mode, SemanticVersion version, IndexName index, boolean skipUpdate) {
        UUID id = UUID.randomUUID();
        return assets.pin(index, id)
                .chain(() -> prepare(mode, version, index))
                .ifNoItem()
                .after(config.deadline())
                .failWith(() -> new ProblemException(
                        ProblemKind.UNAVAILABLE,
                        "PUBLISH_TIMEOUT",
                        "The archive was not read and hashed within " + config.deadline() + "."))
                .onFailure()
                .call(() -> dropPin(id))
                .flatMap(prepared -> commit(mode, version, index, skipUpdate, id, prepared));
    }

    private Uni<Prepared> prepare(ModeName mode, SemanticVersion version, IndexName index) {
        ManifestWriter manifest = new ManifestWriter(config.maxNodes(), config.maxManifestBytes());
        List<ArchivedFile> files = new ArrayList<>();
        return assets.verify(index, node -> {
                    manifest.add(node);
                    if (node instanceof ArchiveNode.File file) {
                        files.add(new ArchivedFile(file.path(), file.sha256()));
                    }
                })
                .flatMap(archive -> assets.putManifest(manifest.finish(mode, version, index, archive))
                        .map(name -> new Prepared(archive, files, name)));
    }

    private Uni<Outcome> commit(
            ModeName mode, SemanticVersion version, IndexName index, boolean skipUpdate, UUID id, Prepared prepared) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Version made = new Version(
                id,
                mode,
                version,
                skipUpdate,
                AssetReference.to(prepared.manifest()),
                index,
                prepared.archive().archiveBytes(),
                now,
                now,
                1);
        return transactions
                .inTransaction(() -> findExisting(mode, version, index).flatMap(existing -> existing.map(
                                found -> Uni.createFrom().item(found))
                        .orElseGet(() -> modes.find(mode)
                                .flatMap(found -> versions.insert(found, made, prepared.files()))
                                .map(Outcome.Created::new))))
                .onTermination()
                .invoke(recent::forget)
                // Another request was faster, and the database noticed before the look above could.
                .onFailure(DatabaseFailure::isUniqueViolation)
                .recoverWithUni(e -> transactions
                        .inTransaction(() -> findExisting(mode, version, index))
                        .map(existing -> existing.orElseThrow(() -> new IllegalStateException(e))))
                .onFailure(VersionPublisher::leavesNothing)
                .call(() -> dropPin(id))
                .call(outcome -> switch (outcome) {
                    case Outcome.Created created -> confirmPin(index, id).invoke(() -> packs.send(mode));
                    case Outcome.Existing existing -> dropPin(id);
                });
    }

    /** Inside a transaction. Fails if a version of equal precedence is another one. */
    private Uni<Optional<Outcome>> findExisting(ModeName mode, SemanticVersion version, IndexName index) {
        return modes.find(mode)
                .flatMap(found -> versions.findEqual(found, version))
                .map(equal -> equal.map(existing -> {
                    if (existing.version().equals(version) && existing.index().equals(index)) {
                        return new Outcome.Existing(existing);
                    }
                    throw new VersionExistsException(existing);
                }));
    }

    /** Whether the failed transaction has certainly not been committed. */
    private static boolean leavesNothing(Throwable failure) {
        return failure instanceof VersionExistsException || failure instanceof ModeNotFoundException;
    }

    private Uni<Void> confirmPin(IndexName index, UUID id) {
        return assets.confirmPin(id)
                // It can only be gone if somebody dropped it; the index is still wanted.
                .onFailure(failure -> failure instanceof AssetStoreException e
                        && e.reason() == AssetStoreException.Reason.PIN_NOT_FOUND)
                .recoverWithUni(() -> assets.pin(index, id).chain(() -> assets.confirmPin(id)))
                .onFailure(ProblemException.class)
                .recoverWithItem(failure -> {
                    LOG.warnf("The pin of version %s stays pending and is left for the sweeper: %s", id, failure);
                    return null;
                });
    }

    private Uni<Void> dropPin(UUID id) {
        return assets.unpin(id).onFailure(ProblemException.class).recoverWithItem(failure -> {
            LOG.warnf("The pin of version %s, which was not made, is left for the sweeper: %s", id, failure);
            return null;
        });
    }
}
