package org.vsekai.nebula.updater.mode;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * The generation of each mode: a number that grows in every transaction that adds, removes or changes one of its versions.
 * What was read under one generation holds for as long as that is the mode's. Every call belongs inside a transaction.
 */
@ApplicationScoped
public class Generations {
    /** Makes the mode's generation the next one. */
    public Uni<Void> advance(UUID mode) {
        return update("UPDATE modes SET generation = generation + 1 WHERE id = :mode", mode, 0);
    }

    /**
     * Makes the mode's generation that which a counter outside the database gave for this transaction. If the mode is at it or
     * beyond, because transactions overtook one another, it moves on by one: no two states of a mode share a generation.
     *
     * @param generation greater than any that was given before
     */
    public Uni<Void> advanceTo(UUID mode, long generation) {
        return update(
                "UPDATE modes SET generation = greatest(generation + 1, :generation) WHERE id = :mode",
                mode,
                generation);
    }

    private static Uni<Void> update(String sql, UUID mode, long generation) {
        return Panache.getSession()
                .flatMap(session -> {
                    var query = session.createNativeQuery(sql).setParameter("mode", mode);
                    return (generation == 0 ? query : query.setParameter("generation", generation)).executeUpdate();
                })
                .replaceWithVoid();
    }
}
