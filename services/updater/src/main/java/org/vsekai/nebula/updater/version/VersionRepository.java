package org.vsekai.nebula.updater.version;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.updater.semver.SemanticVersion;

/** Rows of {@code versions}. Every call belongs inside a transaction. */
@ApplicationScoped
class VersionRepository implements PanacheRepositoryBase<VersionEntity, UUID> {
    /** The mode's version of that precedence, whatever its build metadata. */
    Uni<Optional<VersionEntity>> findEqual(UUID modeId, SemanticVersion version) {
        return find("modeId = ?1 and precedence = ?2", modeId, version.precedence())
                .firstResult()
                .map(Optional::ofNullable);
    }

    /** The mode's highest version that is not passed over. */
    Uni<Optional<VersionEntity>> findNewest(UUID modeId) {
        return find("modeId = ?1 and skipUpdate = false order by precedence desc", modeId)
                .range(0, 0)
                .list()
                .map(rows -> rows.stream().findFirst());
    }

    /** Highest first; at most one row more than the page holds. */
    Uni<List<VersionEntity>> page(UUID modeId, PageRequest request, Optional<Boolean> skipUpdate) {
        StringBuilder query = new StringBuilder("modeId = :mode");
        Parameters parameters = Parameters.with("mode", modeId);
        skipUpdate.ifPresent(value -> {
            query.append(" and skipUpdate = :skip");
            parameters.and("skip", value);
        });
        request.after().ifPresent(after -> {
            query.append(" and precedence < :after");
            parameters.and("after", cursor(after).precedence());
        });
        return find(query.append(" order by precedence desc").toString(), parameters)
                .range(0, request.limit())
                .list();
    }

    private static SemanticVersion cursor(String after) {
        return SemanticVersion.find(after)
                .orElseThrow(() -> ProblemException.invalid(
                        "INVALID_CURSOR", "after must be the next of an earlier page, unchanged."));
    }

    /**
     * False if there is none. A statement and no removal of the entity: concurrent removals of one entity type can wait for one
     * another's results for ever in Hibernate Reactive.
     */
    Uni<Boolean> deleteOne(UUID id) {
        return delete("id", id).map(rows -> rows == 1);
    }

    /** Those of the ids that versions have. */
    Uni<Set<UUID>> existing(List<UUID> ids) {
        return find("id in ?1", ids)
                .list()
                .map(rows -> rows.stream().map(row -> row.id).collect(Collectors.toSet()));
    }
}
