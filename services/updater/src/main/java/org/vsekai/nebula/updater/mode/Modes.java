package org.vsekai.nebula.updater.mode;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.revision.EntityTags;
import org.vsekai.nebula.kit.transaction.DatabaseFailure;
import org.vsekai.nebula.kit.transaction.Transactions;

/** What can be done with modes, for REST and gRPC alike. Each call is one transaction. Thread-safe. */
@ApplicationScoped
public class Modes {
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    private final ModeRepository repository;
    private final RecentChains recent;
    private final Transactions transactions;
    private final Clock clock;

    Modes(ModeRepository repository, RecentChains recent, Transactions transactions, Clock clock) {
        this.repository = repository;
        this.recent = recent;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** By name. */
    public Uni<Page<Mode>> list(PageRequest request, Optional<Boolean> active) {
        return transactions
                .inTransaction(() -> repository.page(request, active))
                .map(rows -> Page.of(request, rows, row -> row.name, ModeEntity::toMode));
    }

    /** Fails with {@link ModeNotFoundException}. */
    public Uni<Mode> get(ModeName name) {
        return transactions.inTransaction(() -> find(name));
    }

    /** As {@link #get}, inside the caller's transaction. */
    public Uni<Mode> find(ModeName name) {
        return existing(name).map(ModeEntity::toMode);
    }

    /**
     * Where the mode leads, inside the caller's transaction. Fails with {@link ModeNotFoundException} or
     * {@link ModeCycleException}.
     */
    public Uni<UpdateChain> follow(ModeName name) {
        return repository.chainFrom(name).map(links -> UpdateChain.from(name, links));
    }

    /** Fails with MODE_EXISTS, or {@link ModeNotFoundException} for {@code updateTo}. */
    public Uni<Mode> create(ModeName name, boolean active, Optional<ModeName> updateTo) {
        if (updateTo.filter(name::equals).isPresent()) {
            return Uni.createFrom().failure(() -> new ModeCycleException(name, name));
        }
        return transactions
                .inTransaction(() -> redirect(new ModeEntity(), UUID.randomUUID(), name, updateTo)
                        .flatMap(mode -> {
                            Instant now = now();
                            mode.name = name.text();
                            mode.active = active;
                            mode.insertedAt = now;
                            mode.updatedAt = now;
                            mode.revision = 1;
                            return repository.persistAndFlush(mode);
                        })
                        .map(ModeEntity::toMode))
                .onTermination()
                .invoke(recent::forget)
                .onFailure(DatabaseFailure::isUniqueViolation)
                .transform(e -> new ProblemException(
                        ProblemKind.ALREADY_EXISTS, "MODE_EXISTS", "There is a mode " + name + " already.", e));
    }

    /**
     * Fails with {@link ModeNotFoundException} for either mode, {@link ModeCycleException}, or as
     * {@link EntityTags#requireMatch}.
     *
     * @param ifMatch the entity tag that the caller has seen
     */
    public Uni<Mode> change(ModeName name, @Nullable String ifMatch, ModeChange change) {
        return transactions
                .inTransaction(() -> existing(name)
                        .invoke(mode ->
                                EntityTags.requireMatch(ifMatch, mode.toMode().etag()))
                        .flatMap(mode -> switch (change.updateTo()) {
                            case ModeChange.UpdateTo.Unchanged() ->
                                Uni.createFrom().item(mode);
                            case ModeChange.UpdateTo.Nowhere() -> redirect(mode, mode.id, name, Optional.empty());
                            case ModeChange.UpdateTo.Elsewhere(ModeName target) ->
                                redirect(mode, mode.id, name, Optional.of(target));
                        })
                        .map(mode -> {
                            change.active().ifPresent(active -> mode.active = active);
                            mode.updatedAt = now();
                            mode.revision++;
                            return mode.toMode();
                        }))
                .onTermination()
                .invoke(recent::forget);
    }

    /** Fails with {@link ModeNotFoundException}, or MODE_IN_USE while versions or other modes refer to it. */
    public Uni<Void> delete(ModeName name) {
        return transactions
                .inTransaction(() -> existing(name)
                        .flatMap(mode -> repository.deleteOne(mode.id))
                        .invoke(removed -> {
                            if (!removed) {
                                throw new ModeNotFoundException(name);
                            }
                        })
                        .replaceWithVoid())
                .onTermination()
                .invoke(recent::forget)
                .onFailure(failure -> DatabaseFailure.findSqlState(failure)
                        .filter(FOREIGN_KEY_VIOLATION::equals)
                        .isPresent())
                .transform(e -> new ProblemException(
                        ProblemKind.FAILED_PRECONDITION,
                        "MODE_IN_USE",
                        "Mode " + name + " has versions, or other modes send their players to it. Remove those first.",
                        e));
    }

    private Uni<ModeEntity> existing(ModeName name) {
        return repository.findByName(name).map(found -> found.orElseThrow(() -> new ModeNotFoundException(name)));
    }

    private Uni<ModeEntity> redirect(ModeEntity mode, UUID id, ModeName name, Optional<ModeName> target) {
        mode.id = id;
        if (target.isEmpty()) {
            mode.updateTo = null;
            return Uni.createFrom().item(mode);
        }
        return follow(target.get())
                .invoke(chain -> chain.requireRoomBefore(id, name))
                .flatMap(chain -> existing(target.get()))
                .map(entity -> {
                    mode.updateTo = entity;
                    return mode;
                });
    }

    /** PostgreSQL and CockroachDB keep microseconds; an answer shows what a later read will show. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
