package org.vsekai.nebula.updater.mode;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.kit.paging.PageRequest;

/** Rows of {@code modes}. Every call belongs inside a transaction. */
@ApplicationScoped
class ModeRepository implements PanacheRepositoryBase<ModeEntity, UUID> {
    private static final String FETCHED = "from ModeEntity m left join fetch m.updateTo where ";

    private static final String CHAIN = """
            WITH RECURSIVE chain (id, name, is_active, update_to, generation, step) AS (
                SELECT id, name, is_active, update_to, generation, 1 FROM modes WHERE name = :name
                UNION ALL
                SELECT m.id, m.name, m.is_active, m.update_to, m.generation, c.step + 1
                FROM modes AS m JOIN chain AS c ON m.id = c.update_to
                WHERE c.step < :max
            )
            SELECT id, name, is_active, update_to, generation FROM chain ORDER BY step""";

    Uni<Optional<ModeEntity>> findByName(ModeName name) {
        return find(FETCHED + "m.name = ?1", name.text()).firstResult().map(Optional::ofNullable);
    }

    /** At most one row more than the page holds. */
    Uni<List<ModeEntity>> page(PageRequest request, Optional<Boolean> active) {
        StringBuilder query = new StringBuilder(FETCHED).append("m.name > :after");
        Parameters parameters = Parameters.with("after", request.after().orElse(""));
        active.ifPresent(value -> {
            query.append(" and m.active = :active");
            parameters.and("active", value);
        });
        return find(query.append(" order by m.name").toString(), parameters)
                .range(0, request.limit())
                .list();
    }

    /**
     * False if there is none. A statement and no removal of the entity: concurrent removals of one entity type can wait for one
     * another's results for ever in Hibernate Reactive.
     */
    Uni<Boolean> deleteOne(UUID id) {
        return delete("id", id).map(rows -> rows == 1);
    }

    /** The mode of that name and those that follow it by {@code update_to}; empty if there is no such mode. */
    Uni<List<UpdateChain.Link>> chainFrom(ModeName name) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(CHAIN, Object[].class)
                        .setParameter("name", name.text())
                        // One more than is allowed, to see that there is more.
                        .setParameter("max", UpdateChain.MAX_STEPS + 1)
                        .getResultList())
                .map(rows -> rows.stream()
                        .map(row -> new UpdateChain.Link(
                                (UUID) row[0],
                                new ModeName((String) row[1]),
                                (boolean) row[2],
                                Optional.ofNullable((UUID) row[3]),
                                (long) row[4]))
                        .toList());
    }
}
