package org.vsekai.nebula.updater.mode;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import org.vsekai.nebula.kit.cache.Recent;
import org.vsekai.nebula.kit.transaction.Transactions;

/**
 * Where modes led, and their generations, when this process last looked, which is at most {@link ModeConfig#maxAge()} ago. What
 * this process itself changes it sees at once. Thread-safe.
 */
@ApplicationScoped
public class RecentChains {
    private final ModeRepository repository;
    private final Transactions transactions;
    private final Recent<ModeName, UpdateChain> seen;

    RecentChains(ModeRepository repository, Transactions transactions, Vertx vertx, ModeConfig config) {
        this.repository = repository;
        this.transactions = transactions;
        this.seen = new Recent<>(vertx, config.maxAge(), config.maxRemembered());
    }

    /** As {@link Modes#follow}, but outside a transaction and by memory where that is fresh enough. */
    public Uni<UpdateChain> follow(ModeName mode) {
        return seen.get(
                mode,
                () -> transactions.inTransaction(
                        () -> repository.chainFrom(mode).map(links -> UpdateChain.from(mode, links))));
    }

    /** Looks at all modes anew: one of them, or its versions, has just been changed here. */
    public void forget() {
        seen.forget();
    }
}
