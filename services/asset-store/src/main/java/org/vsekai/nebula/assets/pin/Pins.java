package org.vsekai.nebula.assets.pin;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import io.quarkus.panache.common.Sort;
import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.kit.paging.InsertionKey;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.transaction.Transactions;

/** The pins. Thread-safe. */
@ApplicationScoped
public class Pins {
    private static final int MAX_OWNER_CHARACTERS = 200;

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<PinRow, UUID> {
        Uni<PinRow> findByOwner(String owner) {
            return find("owner", owner).firstResult();
        }
    }

    private final Transactions transactions;
    private final Rows rows;
    private final Indexes indexes;
    private final Condemned condemned;
    private final ExecutorService threads;
    private final Clock clock;

    Pins(
            Transactions transactions,
            Rows rows,
            Indexes indexes,
            Condemned condemned,
            @VirtualThreads ExecutorService threads,
            Clock clock) {
        this.transactions = transactions;
        this.rows = rows;
        this.indexes = indexes;
        this.condemned = condemned;
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * Pins an index, PENDING. Once this is done, those of the index's chunks that are in the store stay; which they are, a
     * verification after it tells for as long as the pin lasts.
     *
     * <p>Fails with INDEX_NOT_FOUND, PIN_OWNER_TAKEN, INVALID_OWNER, or CHUNK_MISSING if one of its chunks is being deleted.
     */
    public Uni<Pin> pin(ContentName index, String owner) {
        checkOwner(owner);
        return pin(index, owner, Optional.empty())
                .onFailure(IndexNeededException.class)
                .recoverWithUni(() -> Uni.createFrom()
                        .item(() -> indexes.read(index))
                        .runSubscriptionOn(threads)
                        .flatMap(read -> pin(index, owner, Optional.of(read))));
    }

    /** Something is being deleted, and whether it is the index's can be told only with the index at hand. */
    private static final class IndexNeededException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private Uni<Pin> pin(ContentName index, String owner, Optional<ChunkIndex> read) {
        return transactions.inTransaction(() -> indexes.require(index)
                // In this transaction, see Condemned.
                .chain(condemned::chunks)
                .invoke(beingDeleted -> {
                    if (!beingDeleted.isEmpty()) {
                        requireNoneOf(beingDeleted, read.orElseThrow(IndexNeededException::new));
                    }
                })
                .chain(() -> rows.findByOwner(owner))
                .flatMap(held -> {
                    if (held == null) {
                        return rows.persist(row(index, owner));
                    }
                    return held.indexName.equals(index.toString())
                            ? Uni.createFrom().item(held)
                            : Uni.createFrom()
                                    .failure(() -> ProblemException.alreadyExists(
                                            "PIN_OWNER_TAKEN",
                                            "Owner " + owner + " pins " + held.indexName
                                                    + " already. Unpin that first."));
                })
                .map(Pins::pin));
    }

    private static void requireNoneOf(Set<ChunkId> beingDeleted, ChunkIndex index) {
        for (int i = 0; i < index.chunkCount(); i++) {
            if (beingDeleted.contains(index.id(i))) {
                throw ProblemException.failedPrecondition(
                        "CHUNK_MISSING",
                        "Chunk " + index.id(i) + " was not needed by anything and is being deleted. Put it again.");
            }
        }
    }

    private PinRow row(ContentName index, String owner) {
        PinRow row = new PinRow();
        row.id = UUID.randomUUID();
        row.indexName = index.toString();
        row.owner = owner;
        row.state = Pin.State.PENDING;
        row.insertedAt = now();
        row.updatedAt = row.insertedAt;
        return row;
    }

    /** @throws ProblemException PIN_NOT_FOUND */
    public Uni<Pin> confirm(String owner) {
        return transactions.inTransaction(() -> rows.findByOwner(owner)
                .onItem()
                .ifNull()
                .failWith(() -> ProblemException.notFound("PIN_NOT_FOUND", "Owner " + owner + " holds no pin."))
                .map(row -> {
                    if (row.state != Pin.State.CONFIRMED) {
                        row.state = Pin.State.CONFIRMED;
                        row.updatedAt = now();
                    }
                    return pin(row);
                }));
    }

    /** Drops the owner's pin; false if there was none. */
    public Uni<Boolean> unpin(String owner) {
        return transactions.inTransaction(() -> rows.findByOwner(owner)
                .flatMap(held -> held == null
                        ? Uni.createFrom().item(false)
                        : rows.delete("id", held.id)
                                .chain(() -> indexes.release(held.indexName))
                                .replaceWith(true)));
    }

    /** A page of pins, oldest first. */
    public Uni<Page<Pin>> list(Optional<Pin.State> state, Optional<Instant> insertedBefore, PageRequest request) {
        List<String> conditions = new ArrayList<>(List.of("1 = 1"));
        Parameters parameters = new Parameters();
        state.ifPresent(wanted -> {
            conditions.add("state = :state");
            parameters.and("state", wanted);
        });
        insertedBefore.ifPresent(time -> {
            conditions.add("insertedAt < :before");
            parameters.and("before", time);
        });
        request.after().ifPresent(text -> {
            InsertionKey after = InsertionKey.parse(text);
            conditions.add("(insertedAt > :time or (insertedAt = :time and id > :id))");
            parameters.and("time", after.insertedAt()).and("id", after.id());
        });
        return transactions
                .inTransaction(() -> rows.find(
                                String.join(" and ", conditions),
                                Sort.by("insertedAt").and("id"),
                                parameters)
                        .range(0, request.limit())
                        .list())
                .map(found ->
                        Page.of(request, found, row -> new InsertionKey(row.insertedAt, row.id).text(), Pins::pin));
    }

    /** Number of pins in a state; to be called inside a transaction. */
    public Uni<Long> count(Pin.State state) {
        return rows.count("state", state);
    }

    private Instant now() {
        // What the database keeps, so that a cursor made before and one made after a reload agree.
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static void checkOwner(String owner) {
        if (owner.isBlank() || owner.length() > MAX_OWNER_CHARACTERS) {
            throw ProblemException.invalid(
                    "INVALID_OWNER", "The owner must have 1 to " + MAX_OWNER_CHARACTERS + " characters.");
        }
    }

    private static Pin pin(PinRow row) {
        return new Pin(row.owner, row.indexName, row.state, row.insertedAt);
    }
}
