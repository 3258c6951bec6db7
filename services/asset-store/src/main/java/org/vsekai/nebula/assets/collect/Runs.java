package org.vsekai.nebula.assets.collect;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.paging.InsertionKey;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.transaction.Transactions;

/**
 * The runs, and the lease by which one instance at a time works on one. A run that was begun stands as RUNNING until
 * somebody completes it: an instance that dies leaves it to the next that {@link #claim}s it. Thread-safe.
 */
@ApplicationScoped
class Runs {
    private static final Duration DATABASE_WAIT = Duration.ofSeconds(60);

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<RunRow, UUID> {}

    @ApplicationScoped
    static class Leases implements PanacheRepositoryBase<LeaseRow, String> {}

    private final Transactions transactions;
    private final Rows rows;
    private final Leases leases;
    private final CollectConfig config;
    private final Clock clock;

    /** This instance, as it signs its lease. */
    private final UUID self = UUID.randomUUID();

    Runs(Transactions transactions, Rows rows, Leases leases, CollectConfig config, Clock clock) {
        this.transactions = transactions;
        this.rows = rows;
        this.leases = leases;
        this.config = config;
        this.clock = clock;
    }

    /** Writes down that a run is wanted. @throws ProblemException MAINTENANCE_RUNNING */
    Uni<Run> start(Run.Kind kind, boolean deleteGarbage, Duration grace, @Nullable String repairFrom) {
        return transactions.inTransaction(() -> rows.find("state", Run.State.RUNNING)
                .firstResult()
                .invoke(running -> {
                    if (running != null) {
                        throw ProblemException.failedPrecondition(
                                "MAINTENANCE_RUNNING",
                                "Run " + running.id + " is under way. Wait for its end, or cancel it.");
                    }
                })
                .chain(() -> rows.persist(row(kind, deleteGarbage, grace, repairFrom)))
                .map(RunRow::run));
    }

    private RunRow row(Run.Kind kind, boolean deleteGarbage, Duration grace, @Nullable String repairFrom) {
        RunRow row = new RunRow();
        row.id = UUID.randomUUID();
        row.kind = kind;
        row.state = Run.State.RUNNING;
        row.deleteGarbage = deleteGarbage;
        row.graceSeconds = grace.toSeconds();
        row.repairFrom = repairFrom;
        row.phase = "waiting";
        row.set(Map.of(), List.of());
        row.insertedAt = now();
        row.updatedAt = row.insertedAt;
        return row;
    }

    /** @throws ProblemException RUN_NOT_FOUND */
    Uni<Run> get(UUID id) {
        return transactions.inTransaction(() -> require(id).map(RunRow::run));
    }

    /** Ends a run at its next step; one that has ended stays as it is. @throws ProblemException RUN_NOT_FOUND */
    Uni<Run> cancel(UUID id) {
        return transactions.inTransaction(() -> require(id).map(row -> {
            if (row.state == Run.State.RUNNING) {
                row.state = Run.State.CANCELLED;
                row.updatedAt = now();
            }
            return row.run();
        }));
    }

    private Uni<RunRow> require(UUID id) {
        return rows.findById(id)
                .onItem()
                .ifNull()
                .failWith(() -> ProblemException.notFound("RUN_NOT_FOUND", "There is no run " + id + "."));
    }

    /** A page of runs, newest first. */
    Uni<Page<Run>> list(PageRequest request) {
        Optional<InsertionKey> after = request.after().map(InsertionKey::parse);
        Sort order = Sort.descending("insertedAt", "id");
        return transactions
                .inTransaction(() -> after.map(key -> rows.find(
                                "insertedAt < ?1 or (insertedAt = ?1 and id < ?2)", order, key.insertedAt(), key.id()))
                        .orElseGet(() -> rows.findAll(order))
                        .range(0, request.limit())
                        .list())
                .map(found ->
                        Page.of(request, found, row -> new InsertionKey(row.insertedAt, row.id).text(), RunRow::run));
    }

    /** When the last collection that deletes was begun; empty if none ever was. Blocking. */
    Optional<Instant> findLastCollection() {
        return Optional.ofNullable(transactions
                        .inTransaction(() -> rows.find(
                                        "kind = ?1 and deleteGarbage = true",
                                        Sort.descending("insertedAt"),
                                        Run.Kind.COLLECTION)
                                .firstResult())
                        .await()
                        .atMost(DATABASE_WAIT))
                .map(row -> row.insertedAt);
    }

    /** The run that waits for somebody to work on it, if nobody does; it is this instance's from now on. Blocking. */
    Optional<Run> claim() {
        return transactions
                .inTransaction(() -> rows.find("state", Run.State.RUNNING)
                        .firstResult()
                        .flatMap(row -> row == null
                                ? Uni.createFrom().item(Optional.<Run>empty())
                                : takeLease().map(taken -> taken ? Optional.of(row.run()) : Optional.<Run>empty())))
                .await()
                .atMost(DATABASE_WAIT);
    }

    private Uni<Boolean> takeLease() {
        return leases.findById(LeaseRow.NAME).flatMap(lease -> {
            if (lease == null) {
                LeaseRow row = new LeaseRow();
                row.name = LeaseRow.NAME;
                row.holder = self;
                row.expiresAt = now().plus(config.lease());
                return leases.persist(row).replaceWith(true);
            }
            if (!lease.holder.equals(self) && lease.expiresAt.isAfter(now())) {
                return Uni.createFrom().item(false);
            }
            lease.holder = self;
            lease.expiresAt = now().plus(config.lease());
            return Uni.createFrom().item(true);
        });
    }

    /**
     * Does a step of a run: renews the lease, does the work, and writes down how far the run has come, all in one
     * transaction. Blocking.
     *
     * @throws RunEndedException if the run or the lease is not this instance's any more; nothing was done
     */
    <T> T step(Progress progress, Supplier<Uni<T>> work) {
        return transactions
                .inTransaction(() -> rows.findById(progress.run().id()).flatMap(row -> {
                    if (row == null || row.state != Run.State.RUNNING) {
                        throw new RunEndedException("the run was cancelled");
                    }
                    return leases.findById(LeaseRow.NAME).flatMap(lease -> {
                        if (lease == null || !lease.holder.equals(self)) {
                            throw new RunEndedException("another instance has taken over");
                        }
                        lease.expiresAt = now().plus(config.lease());
                        return work.get().invoke(done -> progress.writeTo(row, now()));
                    });
                }))
                .await()
                .atMost(DATABASE_WAIT);
    }

    /** Ends a run and gives the lease back. Blocking. @throws RunEndedException if it is not this instance's any more */
    void end(Progress progress, Run.State state) {
        Void unused = step(progress, () -> rows.findById(progress.run().id())
                .flatMap(row -> {
                    row.state = state;
                    return leases.findById(LeaseRow.NAME);
                })
                .invoke(lease -> lease.expiresAt = now())
                .replaceWithVoid());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
