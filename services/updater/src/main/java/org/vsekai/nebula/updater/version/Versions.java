package org.vsekai.nebula.updater.version;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.intent.Intents;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.revision.EntityTags;
import org.vsekai.nebula.kit.transaction.Transactions;
import org.vsekai.nebula.updater.mode.Generations;
import org.vsekai.nebula.updater.mode.Mode;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.ModeNotFoundException;
import org.vsekai.nebula.updater.mode.Modes;
import org.vsekai.nebula.updater.mode.RecentChains;
import org.vsekai.nebula.updater.mode.UpdateChain;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/** What can be done with versions that exist, for REST and gRPC alike. Thread-safe. */
@ApplicationScoped
public class Versions {
    private final Modes modes;
    private final VersionRepository versions;
    private final FileRepository files;
    private final PackRequests packs;
    private final Intents intents;
    private final VersionWrites writes;
    private final VersionWrites.Deleting deleting;
    private final Generations generations;
    private final RecentChains recent;
    private final Transactions transactions;
    private final Clock clock;

    Versions(
            Modes modes,
            VersionRepository versions,
            FileRepository files,
            PackRequests packs,
            Intents intents,
            VersionWrites writes,
            VersionWrites.Deleting deleting,
            Generations generations,
            RecentChains recent,
            Transactions transactions,
            Clock clock) {
        this.modes = modes;
        this.versions = versions;
        this.files = files;
        this.packs = packs;
        this.intents = intents;
        this.writes = writes;
        this.deleting = deleting;
        this.generations = generations;
        this.recent = recent;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Highest first. Fails with {@link ModeNotFoundException}. */
    public Uni<Page<Version>> list(ModeName mode, PageRequest request, Optional<Boolean> skipUpdate) {
        return transactions
                .inTransaction(() -> modes.find(mode).flatMap(found -> versions.page(found.id(), request, skipUpdate)))
                .map(rows -> Page.of(request, rows, row -> row.version, row -> row.toVersion(mode)));
    }

    /** Fails with {@link ModeNotFoundException} or {@link VersionNotFoundException}. */
    public Uni<Version> get(ModeName mode, SemanticVersion version) {
        return transactions.inTransaction(() -> existing(mode, version)).map(row -> row.toVersion(mode));
    }

    /** In archive order. Fails with {@link ModeNotFoundException} or {@link VersionNotFoundException}. */
    public Uni<Page<VersionFile>> files(ModeName mode, SemanticVersion version, PageRequest request) {
        return transactions
                .inTransaction(() -> existing(mode, version).flatMap(row -> files.page(row.id, request)))
                .map(rows -> Page.of(request, rows, row -> Long.toString(row.position), FileEntity::toFile));
    }

    /** The highest version of the chain's last mode that is not passed over, inside the caller's transaction. */
    public Uni<Optional<Version>> findNewest(UpdateChain chain) {
        return versions.findNewest(chain.last().id())
                .map(found -> found.map(row -> row.toVersion(chain.last().name())));
    }

    /** The mode's version of that precedence, inside the caller's transaction. */
    Uni<Optional<Version>> findEqual(Mode mode, SemanticVersion version) {
        return versions.findEqual(mode.id(), version).map(found -> found.map(row -> row.toVersion(mode.name())));
    }

    /** Writes a version and its files, inside the caller's transaction. */
    Uni<Version> insert(Mode mode, Version version, List<ArchivedFile> archived, long generation) {
        VersionEntity row = new VersionEntity();
        row.id = version.id();
        row.version = version.version().text();
        row.skipUpdate = version.skipUpdate();
        row.manifestFileUri = version.manifestFile().text();
        row.modeId = mode.id();
        row.insertedAt = version.insertedAt();
        row.updatedAt = version.updatedAt();
        row.precedence = version.version().precedence();
        row.indexName = version.index().text();
        row.archiveBytes = version.archiveBytes();
        row.revision = version.revision();
        return versions.persistAndFlush(row)
                .chain(() -> files.insert(version.id(), version.index(), archived))
                .chain(() -> generations.advanceTo(mode.id(), generation))
                .replaceWith(version);
    }

    /**
     * Fails with {@link ModeNotFoundException}, {@link VersionNotFoundException} or as
     * {@link EntityTags#requireMatch}.
     *
     * @param ifMatch the entity tag that the caller has seen
     * @param skipUpdate empty: stays as it is
     */
    public Uni<Version> change(
            ModeName mode, SemanticVersion version, @Nullable String ifMatch, Optional<Boolean> skipUpdate) {
        return transactions
                .inTransaction(() -> existing(mode, version)
                        .map(row -> {
                            EntityTags.requireMatch(ifMatch, row.toVersion(mode).etag());
                            skipUpdate.ifPresent(skip -> row.skipUpdate = skip);
                            row.updatedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
                            row.revision++;
                            return row;
                        })
                        .call(row -> generations.advance(row.modeId))
                        .map(row -> row.toVersion(mode)))
                .onTermination()
                .invoke(recent::forget);
    }

    /**
     * Removes a version and its files, then its pin, under an intent of kind {@code delete}. If the pin cannot be dropped now,
     * recovery does it later. Fails with {@link ModeNotFoundException}, {@link VersionNotFoundException} or as
     * {@link Intents#write}.
     */
    public Uni<Void> delete(ModeName mode, SemanticVersion version) {
        return transactions
                .inTransaction(() -> modes.find(mode)
                        .flatMap(found -> existing(mode, version).map(row -> new Doomed(found, row.toVersion(mode)))))
                .flatMap(doomed -> intents.write(
                        deleting,
                        UUID.randomUUID(),
                        VersionWrites.covers(mode, version, doomed.version.id(), doomed.version.index()),
                        intent -> writes.prepare(intent)
                                .chain(() -> writes.nextGeneration(doomed.mode))
                                .flatMap(generation -> transactions.inTransaction(() -> writes.fence(intent)
                                        .chain(() -> remove(mode, version, doomed.version.id()))
                                        .call(row -> generations.advanceTo(row.modeId, generation))
                                        .replaceWithVoid()))
                                .onTermination()
                                .invoke(recent::forget)))
                .invoke(() -> packs.send(mode));
    }

    private record Doomed(Mode mode, Version version) {}

    private Uni<VersionEntity> remove(ModeName mode, SemanticVersion version, UUID id) {
        return existing(mode, version)
                .invoke(row -> {
                    if (!row.id.equals(id)) {
                        // The one that was to go has gone, and another has come in its place.
                        throw new VersionNotFoundException(mode, version);
                    }
                })
                .call(row -> files.deleteOf(row.id))
                .call(row -> versions.deleteOne(row.id).invoke(removed -> {
                    if (!removed) {
                        throw new VersionNotFoundException(mode, version);
                    }
                }));
    }

    /** Those of the ids that versions have. */
    Uni<Set<UUID>> existing(List<UUID> ids) {
        return transactions.inTransaction(() -> versions.existing(ids));
    }

    private Uni<VersionEntity> existing(ModeName mode, SemanticVersion version) {
        return modes.find(mode)
                .flatMap(found -> versions.findEqual(found.id(), version))
                .map(found -> found.filter(row -> row.version.equals(version.text()))
                        .orElseThrow(() -> new VersionNotFoundException(mode, version)));
    }
}
