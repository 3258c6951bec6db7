package org.vsekai.nebula.assets.collect;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.condemned.Sentence;
import org.vsekai.nebula.casync.chunk.ChunkId;

/** What the database says is needed. Every method is to be called inside a transaction. */
@ApplicationScoped
class Roots {
    /** 256 KiB a row. */
    private static final int UPLOAD_ROWS = 16;

    /** Nobody holds the index, nor has for the grace time. */
    private static final String UNHELD = "coalesce(i.usedAt, i.insertedAt) < :cutoff"
            + " and not exists (select 1 from Pin p where p.indexName = i.name)"
            + " and not exists (select 1 from UploadIndex u where u.indexName = i.name)"
            + " and not exists (select 1 from Asset a where a.indexName = i.name%s)";

    private static final String UNHELD_INDEX = UNHELD.formatted("");

    /** The same for a run that has deleted no assets. */
    private static final String UNHELD_INDEX_OF_A_DRY_RUN =
            UNHELD.formatted(" and (a.unreferencedSince is null or a.unreferencedSince >= :cutoff)");

    private final Condemned condemned;

    Roots(Condemned condemned) {
        this.condemned = condemned;
    }

    /** The chunk ids of a row of an upload. */
    record Ids(UUID row, byte[] ids) {
        void forEach(Consumer<ChunkId> consumer) {
            for (int at = 0; at < ids.length; at += ChunkId.BYTES) {
                consumer.accept(ChunkId.of(ids, at));
            }
        }
    }

    /** Roots that have come and were not marked; without any the batch is condemned. */
    record Recheck(List<String> newIndexes, List<Ids> newUploads) {
        boolean isCondemned() {
            return newIndexes.isEmpty() && newUploads.isEmpty();
        }
    }

    private static <T> Uni<T> query(Function<Mutiny.Session, Uni<T>> work) {
        return Panache.getSession().flatMap(work::apply);
    }

    /** Deletes assets that nobody has held for the grace time; returns how many. */
    Uni<Integer> removeUnreferencedAssets(Instant cutoff, int limit) {
        return query(session -> session.createSelectionQuery(
                        "select a.id from Asset a where a.unreferencedSince < :cutoff order by a.id", UUID.class)
                .setParameter("cutoff", cutoff)
                .setMaxResults(limit)
                .getResultList()
                .call(found -> found.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : session.createMutationQuery("delete from Asset a where a.id in :ids")
                                .setParameter("ids", found)
                                .executeUpdate()
                                .replaceWithVoid())
                .map(List::size));
    }

    /**
     * Deletes the rows of indexes that nobody holds and condemns their files; empty if there are none.
     *
     * @param spared names of indexes that stay
     */
    Uni<Optional<Sentence>> condemnIndexes(UUID run, Instant cutoff, Set<String> spared, int limit) {
        return query(session -> session.createSelectionQuery(
                        "select i.name, i.size from StoredIndex i where i.name not in :spared and " + UNHELD_INDEX,
                        Tuple.class)
                .setParameter("cutoff", cutoff)
                // No index has the empty name; an empty list is not SQL.
                .setParameter("spared", spared.isEmpty() ? Set.of("") : spared)
                .setMaxResults(limit)
                .getResultList()
                .flatMap(found -> {
                    if (found.isEmpty()) {
                        return Uni.createFrom().item(Optional.<Sentence>empty());
                    }
                    List<String> names =
                            found.stream().map(row -> row.get(0, String.class)).toList();
                    Sentence sentence = new Sentence(
                            UUID.randomUUID(),
                            List.of(),
                            names.stream().map(name -> "indexes/" + name).toList(),
                            found.stream()
                                    .mapToLong(row -> row.get(1, Long.class))
                                    .sum());
                    return session.createMutationQuery("delete from StoredIndex i where i.name in :names")
                            .setParameter("names", names)
                            .executeUpdate()
                            .chain(() -> condemned.condemn(run, sentence))
                            .map(Optional::of);
                }));
    }

    /** Names of indexes in order. */
    Uni<List<String>> indexes(String after, int limit) {
        return query(session -> session.createSelectionQuery(
                        "select i.name from StoredIndex i where i.name > :after order by i.name", String.class)
                .setParameter("after", after)
                .setMaxResults(limit)
                .getResultList());
    }

    /** Names of indexes in order, without those that a collection would delete. */
    Uni<List<String>> indexesWithHolder(String after, Instant cutoff, int limit) {
        return query(session -> session.createSelectionQuery(
                        "select i.name from StoredIndex i where i.name > :after and not (" + UNHELD_INDEX_OF_A_DRY_RUN
                                + ") order by i.name",
                        String.class)
                .setParameter("after", after)
                .setParameter("cutoff", cutoff)
                .setMaxResults(limit)
                .getResultList());
    }

    /** A page of what open uploads count on. */
    Uni<List<Ids>> uploads(UUID after) {
        return query(session -> session.createSelectionQuery(
                        "select u.id, u.chunkIds from UploadChunks u where u.id > :after order by u.id", Tuple.class)
                .setParameter("after", after)
                .setMaxResults(UPLOAD_ROWS)
                .getResultList()
                .map(Roots::ids));
    }

    private static List<Ids> ids(List<Tuple> rows) {
        return rows.stream()
                .map(row -> new Ids(row.get(0, UUID.class), row.get(1, byte[].class)))
                .toList();
    }

    /**
     * Condemns chunks unless roots have come since a time that the given sets do not hold. Roots that came before are
     * marked already; there are no others, see {@link Collector}.
     */
    Uni<Recheck> condemnChunks(
            UUID run, Sentence sentence, Instant since, Set<String> knownIndexes, Set<UUID> knownUploads) {
        return query(session -> session.createSelectionQuery(
                        "select i.name from StoredIndex i where i.insertedAt >= :since or i.usedAt >= :since",
                        String.class)
                .setParameter("since", since)
                .getResultList()
                .flatMap(names -> session.createSelectionQuery(
                                "select u.id from UploadChunks u where u.insertedAt >= :since", UUID.class)
                        .setParameter("since", since)
                        .getResultList()
                        .flatMap(rows -> {
                            List<String> newIndexes = names.stream()
                                    .filter(name -> !knownIndexes.contains(name))
                                    .toList();
                            List<UUID> newUploads = rows.stream()
                                    .filter(row -> !knownUploads.contains(row))
                                    .limit(UPLOAD_ROWS)
                                    .toList();
                            if (!newUploads.isEmpty()) {
                                return session.createSelectionQuery(
                                                "select u.id, u.chunkIds from UploadChunks u where u.id in :ids",
                                                Tuple.class)
                                        .setParameter("ids", newUploads)
                                        .getResultList()
                                        .map(found -> new Recheck(newIndexes, ids(found)));
                            }
                            Recheck recheck = new Recheck(newIndexes, List.of());
                            return recheck.isCondemned()
                                    ? condemned.condemn(run, sentence).replaceWith(recheck)
                                    : Uni.createFrom().item(recheck);
                        })));
    }

    Uni<Boolean> isIndex(String name) {
        return query(session -> session.createSelectionQuery(
                        "select count(i) from StoredIndex i where i.name = :name", Long.class)
                .setParameter("name", name)
                .getSingleResult()
                .map(count -> count > 0));
    }

    /** Condemns a file unless the index that it belongs to is there; false if it is. */
    Uni<Boolean> condemnFileWithoutIndex(UUID run, Sentence sentence, String index) {
        return isIndex(index)
                .flatMap(there -> there
                        ? Uni.createFrom().item(false)
                        : condemned.condemn(run, sentence).replaceWith(true));
    }
}
