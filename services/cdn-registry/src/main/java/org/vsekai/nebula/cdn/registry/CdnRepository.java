package org.vsekai.nebula.cdn.registry;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import io.quarkus.panache.common.Sort;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.kit.paging.PageRequest;

/** The rows. Every method runs inside a transaction of its caller. */
@ApplicationScoped
class CdnRepository implements PanacheRepositoryBase<CdnEntity, UUID> {
    Uni<Optional<CdnEntity>> findByUid(String uid) {
        return find("uid", uid).firstResult().map(Optional::ofNullable);
    }

    /**
     * False if there is none; its figures go with it. A statement and no removal of the entity: concurrent removals of one
     * entity type can wait for one another's results for ever in Hibernate Reactive.
     */
    Uni<Boolean> deleteOne(UUID id) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("DELETE FROM cdn WHERE id = :id")
                        .setParameter("id", id)
                        .executeUpdate())
                .map(rows -> rows == 1);
    }

    /** The rows of a page in the order of uid, and one more if there is one. */
    Uni<List<CdnEntity>> listPage(PageRequest page, Optional<String> region) {
        // No uid is empty, so every uid comes after the empty text.
        Parameters parameters = Parameters.with("after", page.after().orElse(""));
        String afterUid = "uid > :after";
        return (region.isPresent()
                        ? find(
                                afterUid + " and region = :region",
                                Sort.by("uid"),
                                parameters.and("region", region.get()))
                        : find(afterUid, Sort.by("uid"), parameters))
                .range(0, page.limit())
                .list();
    }
}
