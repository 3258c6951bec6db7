package org.vsekai.nebula.assets.pin;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import io.quarkus.panache.common.Sort;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.storage.ContentName;
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
    private final Clock clock;

    Pins(Transactions transactions, Rows rows, Indexes indexes, Clock clock) {
        this.transactions = transactions;
        this.rows = rows;
        this.indexes = indexes;
        this.clock = clock;
    }

    /** Pins an index, PENDING. @throws ProblemException INDEX_NOT_FOUND, PIN_OWNER_TAKEN, INVALID_OWNER */
    public Uni<Pin> pin(ContentName index, String owner) {
        checkOwner(owner);
        return transactions.inTransaction(() -> indexes.require(index)
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
        return transactions.inTransaction(() -> rows.delete("owner", owner).map(count -> count > 0));
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
            SortKey after = SortKey.parse(text);
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
                .map(found -> Page.of(request, found, row -> new SortKey(row.insertedAt, row.id).text(), Pins::pin));
    }

    private record SortKey(Instant insertedAt, UUID id) {
        static SortKey parse(String text) {
            int space = text.indexOf(' ');
            try {
                return new SortKey(
                        Instant.parse(text.substring(0, Math.max(space, 0))),
                        UUID.fromString(text.substring(space + 1)));
            } catch (DateTimeException | IllegalArgumentException e) {
                throw ProblemException.invalid(
                        "INVALID_CURSOR", "after must be the next of an earlier page, unchanged.");
            }
        }

        String text() {
            return insertedAt + " " + id;
        }
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
