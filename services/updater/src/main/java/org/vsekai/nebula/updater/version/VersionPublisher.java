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
import org.vsekai.nebula.kit.fence.FencedOutException;
import org.vsekai.nebula.kit.intent.Intents;
import org.vsekai.nebula.kit.intent.WriteIntent;
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
import org.vsekai.nebula.updater.mode.Mode;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.ModeNotFoundException;
import org.vsekai.nebula.updater.mode.Modes;
import org.vsekai.nebula.updater.mode.RecentChains;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/**
 * Creates versions.
 *
 * <p>The steps are: (1) announce it to the ledger as an intent of kind {@code publish}, which owns the pin from now on; (2)
 * pin the index, PENDING, in the name of the version's id; (3) have asset-store verify it; (4) store the manifest; (5) one
 * transaction for the version and its files, the moment at which readers see it, and which the intent's token fences; (6)
 * settle: confirm the pin if the version is there, drop it if it is not, and finish the intent. Before (5) nothing is visible
 * and after it everything is protected. Whatever failed, {@link Intents} settles; if this process did not live to do it,
 * another one's recovery does, and a transaction that comes too late then fails. A manifest that no version came of is
 * collected. Thread-safe.
 */
@ApplicationScoped
public class VersionPublisher {
    private final Modes modes;
    private final Versions versions;
    private final AssetStoreClient assets;
    private final PackRequests packs;
    private final RecentChains recent;
    private final Intents intents;
    private final VersionWrites writes;
    private final VersionWrites.Publishing publishing;
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
            Intents intents,
            VersionWrites writes,
            VersionWrites.Publishing publishing,
            Transactions transactions,
            PublishConfig config,
            Clock clock) {
        this.modes = modes;
        this.versions = versions;
        this.assets = assets;
        this.packs = packs;
        this.recent = recent;
        this.intents = intents;
        this.writes = writes;
        this.publishing = publishing;
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

    private record Known(Mode mode, Optional<Outcome> existing) {}

    /** What asset-store found and stored. */
    private record Prepared(ArchiveSummary archive, List<ArchivedFile> files, ManifestName manifest) {}

    /**
     * Creates a version. Doing it again with the same index answers the version that is there.
     *
     * <p>Fails with {@link ModeNotFoundException}, {@link VersionExistsException}, {@link AssetStoreException}, what
     * refuses the archive, PUBLISH_BUSY, or as {@link Intents#write}.
     */
    public Uni<Outcome> create(ModeName mode, SemanticVersion version, IndexName index, boolean skipUpdate) {
        return transactions
                .inTransaction(() -> modes.find(mode).flatMap(found -> findExisting(mode, version, index)
                        .map(existing -> new Known(found, existing))))
                .flatMap(known -> known.existing
                        .map(found -> Uni.createFrom().item(found))
                        .orElseGet(() -> {
                            if (!inTheMaking.tryAcquire()) {
                                throw new ProblemException(
                                        ProblemKind.TOO_MANY_REQUESTS,
                                        "PUBLISH_BUSY",
                                        config.maxConcurrent()
                                                + " versions are in the making. Try again when one is done.");
                            }
                            return make(known.mode, version, index, skipUpdate)
                                    .onTermination()
                                    .invoke(inTheMaking::release);
                        }));
    }

    private Uni<Outcome> make(Mode mode, SemanticVersion version, IndexName index, boolean skipUpdate) {
        UUID id = UUID.randomUUID();
        return intents.write(
                        publishing, id, VersionWrites.covers(mode.name(), version, id, index), intent -> writes.prepare(
                                        intent)
                                .chain(() -> assets.pin(index, id))
                                .chain(() -> prepare(mode.name(), version, index))
                                .ifNoItem()
                                .after(config.deadline())
                                .failWith(() -> new ProblemException(
                                        ProblemKind.UNAVAILABLE,
                                        "PUBLISH_TIMEOUT",
                                        "The archive was not read and hashed within " + config.deadline() + "."))
                                .flatMap(prepared -> commit(mode, version, index, skipUpdate, intent, prepared)))
                .invoke(outcome -> {
                    if (outcome instanceof Outcome.Created) {
                        packs.send(mode.name());
                    }
                });
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
            Mode mode,
            SemanticVersion version,
            IndexName index,
            boolean skipUpdate,
            WriteIntent intent,
            Prepared prepared) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Version made = new Version(
                intent.id(),
                mode.name(),
                version,
                skipUpdate,
                AssetReference.to(prepared.manifest()),
                index,
                prepared.archive().archiveBytes(),
                now,
                now,
                1);
        return writes.nextGeneration(mode)
                .flatMap(generation -> transactions.inTransaction(() -> writes.fence(intent)
                        .chain(() -> findExisting(mode.name(), version, index))
                        .flatMap(existing -> existing.map(
                                        found -> Uni.createFrom().item(found))
                                .orElseGet(() -> modes.find(mode.name())
                                        .flatMap(found -> versions.insert(found, made, prepared.files(), generation))
                                        .map(Outcome.Created::new)))))
                .onTermination()
                .invoke(recent::forget)
                // Another request was faster, and the database noticed before the look above could.
                .onFailure(
                        failure -> DatabaseFailure.isUniqueViolation(failure) || failure instanceof FencedOutException)
                .recoverWithUni(failure -> transactions
                        .inTransaction(() -> findExisting(mode.name(), version, index))
                        .flatMap(existing -> existing.map(
                                        found -> Uni.createFrom().item(found))
                                .orElseGet(() -> Uni.createFrom().failure(failure))));
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
}
