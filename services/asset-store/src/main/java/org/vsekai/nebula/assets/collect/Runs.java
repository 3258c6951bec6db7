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
import org.vsekai.nebula.kit.fence.FencedOutException;
import org.vsekai.nebula.kit.fence.Fences;
import org.vsekai.nebula.kit.paging.InsertionKey;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.transaction.Transactions;

/**
 * The runs. One that was begun stands as RUNNING until somebody completes it: an instance that dies leaves it to the next
 * that takes its turn, see {@link Turns}. Thread-safe.
 */
@ApplicationScoped
class Runs {
    private static final Duration DATABASE_WAIT = Duration.ofSeconds(60);

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<RunRow, UUID> {}

    private final Transactions transactions;
    private final Rows rows;
    private final Fences fences;
    private final Clock clock;

    Runs(Transactions transactions, Rows rows, Fences fences, Clock clock) {
        this.transactions = transactions;
        this.rows = rows;
        this.fences = fences;
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

    Uni<Optional<Run>> find(UUID id) {
        return transactions.inTransaction(() -> rows.findById(id)).map(row -> Optional.ofNullable(row)
                .map(RunRow::run));
    }

    /** The run that has not come to its end. Blocking. */
    Optional<Run> findRunning() {
        return Optional.ofNullable(transactions
                        .inTransaction(
                                () -> rows.find("state", Run.State.RUNNING).firstResult())
                        .await()
                        .atMost(DATABASE_WAIT))
                .map(RunRow::run);
    }

    /**
     * Does a step of a run: shows that it is still this instance's turn, does the work, and writes down how far the run has come,
     * all in one transaction. Blocking.
     *
     * @throws RunEndedException if it is not this instance's turn, or the run has ended; nothing was done
     */
    <T> T step(Progress progress, Supplier<Uni<T>> work) {
        try {
            return transactions
                    .inTransaction(
                            () -> fences.fence(Turns.CLAIM, progress.turn().token())
                                    .chain(() -> rows.findById(progress.run().id()))
                                    .flatMap(row -> {
                                        if (row == null || row.state != Run.State.RUNNING) {
                                            throw new RunEndedException("the run was cancelled");
                                        }
                                        return work.get().invoke(done -> progress.writeTo(row, now()));
                                    }))
                    .await()
                    .atMost(DATABASE_WAIT);
        } catch (FencedOutException e) {
            throw new RunEndedException("another instance has taken over");
        }
    }

    /** Ends a run. Blocking. @throws RunEndedException if it is not this instance's any more */
    void end(Progress progress, Run.State state) {
        Void unused = step(progress, () -> rows.findById(progress.run().id())
                .invoke(row -> row.state = state)
                .replaceWithVoid());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
