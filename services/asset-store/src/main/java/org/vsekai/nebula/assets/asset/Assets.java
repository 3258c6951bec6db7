package org.vsekai.nebula.assets.asset;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import io.quarkus.panache.common.Sort;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.transaction.Transactions;

/**
 * The assets and who needs them.
 *
 * <p>References are counted by name: a holder has one or none. Putting an asset makes its owner a holder. While anybody
 * else holds it, it cannot be deleted; when nobody does, it stays for the collector's grace time and is then garbage.
 * Thread-safe.
 */
@ApplicationScoped
public class Assets {
    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<AssetRow, UUID> {}

    @ApplicationScoped
    static class ReferenceRows implements PanacheRepositoryBase<AssetReferenceRow, UUID> {
        Uni<Long> countOthers(UUID asset, String owner) {
            return count("assetId = ?1 and holder <> ?2", asset, owner);
        }
    }

    /** @param created false if it replaced what was there */
    record Stored(Asset asset, boolean created) {}

    private final Transactions transactions;
    private final Rows rows;
    private final ReferenceRows references;
    private final Indexes indexes;
    private final AssetConfig config;
    private final Clock clock;

    Assets(
            Transactions transactions,
            Rows rows,
            ReferenceRows references,
            Indexes indexes,
            AssetConfig config,
            Clock clock) {
        this.transactions = transactions;
        this.rows = rows;
        this.references = references;
        this.indexes = indexes;
        this.config = config;
        this.clock = clock;
    }

    /** An asset's id as a caller gave it. @throws ProblemException INVALID_ASSET_ID */
    static UUID parse(String id) {
        try {
            UUID parsed = UUID.fromString(id);
            // UUID.fromString takes shorter groups too, which would give one asset several addresses.
            if (parsed.toString().equalsIgnoreCase(id)) {
                return parsed;
            }
        } catch (IllegalArgumentException e) {
            throw invalidId(e);
        }
        throw invalidId(null);
    }

    private static ProblemException invalidId(@Nullable Throwable cause) {
        return new ProblemException(ProblemKind.INVALID, "INVALID_ASSET_ID", "The asset's id must be a UUID.", cause);
    }

    Uni<Optional<Asset>> find(UUID id) {
        return transactions.inTransaction(() -> rows.findById(id)).map(row -> Optional.ofNullable(row)
                .map(AssetRow::asset));
    }

    /** @throws ProblemException ASSET_NOT_FOUND */
    Uni<Asset> get(UUID id) {
        return find(id).map(found -> found.orElseThrow(() -> notFound(id)));
    }

    /**
     * Lets an asset stand for what the index describes: from one moment to the next, and for a reader who has begun, not
     * at all. The index and its chunks must be protected by the caller until this is done.
     *
     * @param defaultOwner of a new asset whose description names none
     * @throws ProblemException INDEX_NOT_FOUND, REVISION_MISMATCH
     */
    Uni<Stored> put(
            UUID id, AssetDescription description, String defaultOwner, ContentName index, Precondition precondition) {
        return transactions.inTransaction(
                () -> indexes.blobSize(index).flatMap(size -> rows.findById(id).flatMap(found -> {
                    precondition.check(Optional.ofNullable(found).map(AssetRow::asset));
                    boolean created = found == null;
                    AssetRow row = created ? newRow(id, description.owner().orElse(defaultOwner)) : found;
                    String formerOwner = row.owner;
                    String formerIndex = created ? index.toString() : row.indexName;
                    String owner = description.owner().orElse(formerOwner);
                    row.name = description.name().orElse(row.name);
                    row.mediaType = description.mediaTypeOf(row.name);
                    row.size = size;
                    row.indexName = index.toString();
                    row.owner = owner;
                    row.unreferencedSince = null;
                    row.updatedAt = now();
                    return rows.persist(row)
                            .call(() -> formerIndex.equals(index.toString())
                                    ? Uni.createFrom().voidItem()
                                    : indexes.release(formerIndex))
                            .call(() -> formerOwner.equals(owner)
                                    ? Uni.createFrom().voidItem()
                                    : references.delete("assetId = ?1 and holder = ?2", id, formerOwner))
                            .call(() -> hold(row, owner))
                            .map(saved -> new Stored(saved.asset(), created));
                })));
    }

    private AssetRow newRow(UUID id, String owner) {
        AssetRow row = new AssetRow();
        row.id = id;
        row.owner = owner;
        row.insertedAt = now();
        return row;
    }

    /** @throws ProblemException ASSET_NOT_FOUND, ASSET_REFERENCED */
    Uni<Void> delete(UUID id) {
        return transactions.inTransaction(() -> requireRow(id).flatMap(row -> references
                .countOthers(id, row.owner)
                .invoke(others -> {
                    if (others > 0) {
                        throw ProblemException.failedPrecondition(
                                "ASSET_REFERENCED",
                                "Asset " + id + " is needed by " + others
                                        + " others than its owner; their references must go first.");
                    }
                })
                .chain(() -> indexes.release(row.indexName))
                .chain(() -> rows.delete("id", id))
                .replaceWithVoid()));
    }

    /** A page of assets by id. */
    Uni<Page<Asset>> list(Optional<String> owner, PageRequest request) {
        List<String> conditions = new ArrayList<>(List.of("1 = 1"));
        Parameters parameters = new Parameters();
        owner.ifPresent(wanted -> {
            conditions.add("owner = :owner");
            parameters.and("owner", wanted);
        });
        request.after().ifPresent(text -> {
            conditions.add("id > :after");
            parameters.and("after", cursor(text));
        });
        return transactions
                .inTransaction(() -> rows.find(String.join(" and ", conditions), Sort.by("id"), parameters)
                        .range(0, request.limit())
                        .list())
                .map(found -> Page.of(request, found, row -> row.id.toString(), AssetRow::asset));
    }

    private static UUID cursor(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid("INVALID_CURSOR", "after must be the next of an earlier page, unchanged.");
        }
    }

    /** Makes the holder one of those who need the asset. @throws ProblemException ASSET_NOT_FOUND, REFERENCE_LIMIT_REACHED */
    Uni<AssetReference> addReference(UUID id, String holder) {
        return transactions.inTransaction(() -> requireRow(id).flatMap(row -> hold(row, holder)));
    }

    /** Inside a transaction. */
    private Uni<AssetReference> hold(AssetRow row, String holder) {
        return references
                .find("assetId = ?1 and holder = ?2", row.id, holder)
                .firstResult()
                .flatMap(held -> held != null
                        ? Uni.createFrom().item(held)
                        : references.count("assetId", row.id).flatMap(count -> {
                            if (count >= config.maxReferences()) {
                                return Uni.createFrom().failure(() -> tooMany(row.id));
                            }
                            row.unreferencedSince = null;
                            return references.persist(reference(row.id, holder));
                        }))
                .map(AssetReferenceRow::reference);
    }

    private AssetReferenceRow reference(UUID asset, String holder) {
        AssetReferenceRow row = new AssetReferenceRow();
        row.id = UUID.randomUUID();
        row.assetId = asset;
        row.holder = holder;
        row.insertedAt = now();
        return row;
    }

    /** The holder does not need the asset any more; false if it held none. @throws ProblemException ASSET_NOT_FOUND */
    Uni<Boolean> removeReference(UUID id, String holder) {
        return transactions.inTransaction(() -> requireRow(id).flatMap(row -> references
                .delete("assetId = ?1 and holder = ?2", id, holder)
                .call(() -> references.count("assetId", id).invoke(left -> {
                    if (left == 0 && row.unreferencedSince == null) {
                        row.unreferencedSince = now();
                    }
                }))
                .map(removed -> removed > 0)));
    }

    /** A page of an asset's references by holder. @throws ProblemException ASSET_NOT_FOUND */
    Uni<Page<AssetReference>> listReferences(UUID id, PageRequest request) {
        return transactions
                .inTransaction(() -> requireRow(id).chain(() -> references
                        .find(
                                "assetId = ?1 and holder > ?2",
                                Sort.by("holder"),
                                id,
                                request.after().orElse(""))
                        .range(0, request.limit())
                        .list()))
                .map(found -> Page.of(request, found, row -> row.holder, AssetReferenceRow::reference));
    }

    private Uni<AssetRow> requireRow(UUID id) {
        return rows.findById(id).onItem().ifNull().failWith(() -> notFound(id));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private ProblemException tooMany(UUID id) {
        return ProblemException.failedPrecondition(
                "REFERENCE_LIMIT_REACHED",
                "Asset " + id + " has " + config.maxReferences()
                        + " references, and no more may be; nebula.assets.max-references is the bound.");
    }

    static ProblemException notFound(UUID id) {
        return ProblemException.notFound("ASSET_NOT_FOUND", "There is no asset " + id + ".");
    }
}
