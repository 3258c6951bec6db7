package org.vsekai.nebula.assets.pack;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.casync.pack.PackListing;
import org.vsekai.nebula.casync.pack.PackName;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.transaction.Transactions;

/**
 * Which packs there shall be, which there are, and which worker makes which. A worker takes a pack by moving its due time
 * into the future, and goes on doing so while it works; so a crash costs no more than that time. Thread-safe.
 */
@ApplicationScoped
public class Packs {
    private static final int MAX_OWNER_CHARACTERS = 200;
    private static final int MAX_TARGETS = 10;
    private static final int MAX_ERROR_CHARACTERS = 300;
    private static final Duration DATABASE_WAIT = Duration.ofSeconds(60);

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<PackRow, UUID> {}

    /** Something may have become due. */
    record Wanted() {}

    /** A pack that a worker has taken. */
    record Job(UUID id, ContentName index, Optional<ContentName> base, int attempt) {
        @Override
        public String toString() {
            return base.map(from -> "the delta pack of " + index + " from " + from)
                    .orElse("the install pack of " + index);
        }
    }

    private record Key(String index, String base) {
        static Key of(PackRow row) {
            return new Key(row.indexName, row.baseIndexName);
        }
    }

    private final Transactions transactions;
    private final Rows rows;
    private final Indexes indexes;
    private final PackConfig config;
    private final Clock clock;
    private final Event<Wanted> wanted;

    Packs(Transactions transactions, Rows rows, Indexes indexes, PackConfig config, Clock clock, Event<Wanted> wanted) {
        this.transactions = transactions;
        this.rows = rows;
        this.indexes = indexes;
        this.config = config;
        this.clock = clock;
        this.wanted = wanted;
    }

    /**
     * Says which packs an owner wants: these and no others. Those that are missing are queued, first named first made;
     * those that failed are tried anew; those not named any more are forgotten.
     *
     * @return how many of them are not made yet
     * @throws ProblemException INVALID_OWNER, TOO_MANY_PACKS, INDEX_NOT_FOUND
     */
    public Uni<Integer> set(String owner, List<PackTarget> targets) {
        if (owner.isBlank() || owner.length() > MAX_OWNER_CHARACTERS) {
            throw ProblemException.invalid(
                    "INVALID_OWNER", "The owner must have 1 to " + MAX_OWNER_CHARACTERS + " characters.");
        }
        if (targets.size() > MAX_TARGETS) {
            throw ProblemException.invalid("TOO_MANY_PACKS", "An owner may have " + MAX_TARGETS + " packed indexes.");
        }
        List<Key> keys = new ArrayList<>();
        Uni<Void> known = Uni.createFrom().voidItem();
        for (PackTarget target : targets) {
            keys.add(new Key(target.index().toString(), ""));
            known = known.chain(() -> indexes.require(target.index()));
            for (ContentName base : target.bases()) {
                keys.add(new Key(target.index().toString(), base.toString()));
                known = known.chain(() -> indexes.require(base));
            }
        }
        Uni<Void> checked = known;
        return transactions
                .inTransaction(() ->
                        checked.chain(() -> rows.list("owner", owner)).flatMap(there -> replace(owner, there, keys)))
                .invoke(left -> wanted.fire(new Wanted()));
    }

    private Uni<Integer> replace(String owner, List<PackRow> there, List<Key> keys) {
        Instant now = now();
        Set<Key> missing = new HashSet<>(keys);
        List<UUID> unwanted = new ArrayList<>();
        int left = 0;
        for (PackRow row : there) {
            if (!missing.remove(Key.of(row))) {
                unwanted.add(row.id);
                continue;
            }
            if (row.state == PackRow.State.FAILED) {
                row.state = PackRow.State.WANTED;
                row.attempts = 0;
                row.dueAt = now;
                row.updatedAt = now;
            }
            left += row.state == PackRow.State.WANTED ? 1 : 0;
        }
        List<PackRow> added = new ArrayList<>();
        for (Key key : keys) {
            if (missing.remove(key)) {
                PackRow row = new PackRow();
                row.id = UUID.randomUUID();
                row.owner = owner;
                row.indexName = key.index;
                row.baseIndexName = key.base;
                row.state = PackRow.State.WANTED;
                row.insertedAt = now.plus(added.size(), ChronoUnit.MICROS); // their order is that of the queue
                row.dueAt = row.insertedAt;
                row.updatedAt = now;
                added.add(row);
            }
        }
        int unmade = left + added.size();
        Uni<Long> removed = unwanted.isEmpty() ? Uni.createFrom().item(0L) : rows.delete("id in ?1", unwanted);
        return (added.isEmpty() ? removed.replaceWithVoid() : removed.chain(() -> rows.persist(added)))
                .replaceWith(unmade);
    }

    /** The packs of an index that are made; empty if there is none. */
    Uni<Optional<PackListing>> find(ContentName index) {
        return transactions
                .inTransaction(() -> rows.list("indexName = ?1 and state = ?2", index.toString(), PackRow.State.MADE))
                .map(made -> {
                    // Two owners may have the same pack; the same inputs make the same file.
                    TreeMap<String, PackListing.Entry> entries = new TreeMap<>();
                    made.forEach(row -> entries.putIfAbsent(row.baseIndexName, entry(row)));
                    return entries.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new PackListing(
                                    index.toString(),
                                    entries.values().stream()
                                            .limit(PackListing.MAX_PACKS)
                                            .toList()));
                });
    }

    private static PackListing.Entry entry(PackRow row) {
        return new PackListing.Entry(
                Optional.of(row.baseIndexName).filter(name -> !name.isEmpty()),
                new PackName(Objects.requireNonNull(row.packName)),
                Objects.requireNonNull(row.packBytes),
                new PackName(Objects.requireNonNull(row.packIndexName)),
                Objects.requireNonNull(row.packIndexBytes));
    }

    /** Takes the pack that has been due for longest. Blocking. */
    Optional<Job> claim(UUID worker) {
        Instant now = now();
        return await(transactions.inTransaction(
                () -> rows.find("state = ?1 and dueAt <= ?2 order by dueAt, id", PackRow.State.WANTED, now)
                        .firstResult()
                        .flatMap(row -> row == null
                                ? Uni.createFrom().item(Optional.<Job>empty())
                                // Another replica may have read the same row: whoever changes it first has it.
                                : rows.update(
                                                "worker = ?1, dueAt = ?2, attempts = ?3, updatedAt = ?4 where id = ?5 and dueAt = ?6",
                                                worker,
                                                now.plus(config.lease()),
                                                row.attempts + 1,
                                                now,
                                                row.id,
                                                row.dueAt)
                                        .map(taken -> taken == 0 ? Optional.<Job>empty() : Optional.of(job(row))))));
    }

    private static Job job(PackRow row) {
        return new Job(
                row.id,
                Indexes.parseName(row.indexName),
                Optional.of(row.baseIndexName).filter(name -> !name.isEmpty()).map(Indexes::parseName),
                row.attempts + 1);
    }

    /** Says that the worker is alive and at it; false if the pack is no longer its own. Blocking. */
    boolean renew(Job job, UUID worker) {
        return update(job, worker, "dueAt = ?1, updatedAt = ?2", now().plus(config.lease()), now());
    }

    /** A pack that is made already, for another owner. Blocking. */
    Optional<PackListing.Entry> findMade(Job job) {
        return await(find(job.index)).flatMap(listing -> listing.packs().stream()
                .filter(entry -> entry.base().equals(job.base.map(ContentName::toString)))
                .findFirst());
    }

    /** Blocking. */
    boolean finish(Job job, UUID worker, PackListing.Entry made) {
        return update(
                job,
                worker,
                "state = ?1, packName = ?2, packBytes = ?3, packIndexName = ?4, packIndexBytes = ?5, lastError = null, updatedAt = ?6",
                PackRow.State.MADE,
                made.pack().sha256(),
                made.packBytes(),
                made.packIndex().sha256(),
                made.packIndexBytes(),
                now());
    }

    /** Puts a pack off until later, or gives it up when it was tried often enough. Blocking. */
    boolean fail(Job job, UUID worker, String error) {
        boolean isLast = job.attempt >= config.maxAttempts();
        Duration delay = config.retryDelay().multipliedBy(1L << Math.min(job.attempt - 1, 16));
        return update(
                job,
                worker,
                "state = ?1, dueAt = ?2, lastError = ?3, updatedAt = ?4",
                isLast ? PackRow.State.FAILED : PackRow.State.WANTED,
                now().plus(delay),
                error.substring(0, Math.min(error.length(), MAX_ERROR_CHARACTERS)),
                now());
    }

    /** Gives a pack back that was not worked on to its end. Blocking. */
    boolean release(Job job, UUID worker) {
        return update(job, worker, "dueAt = ?1, attempts = ?2, updatedAt = ?3", now(), job.attempt - 1, now());
    }

    private boolean update(Job job, UUID worker, String assignments, Object... values) {
        List<Object> parameters = new ArrayList<>(List.of(values));
        parameters.add(job.id);
        parameters.add(worker);
        String query = "%s where id = ?%d and worker = ?%d and state = ?%d"
                .formatted(assignments, values.length + 1, values.length + 2, values.length + 3);
        parameters.add(PackRow.State.WANTED);
        return await(transactions.inTransaction(() -> rows.update(query, parameters.toArray()))) > 0;
    }

    /** Forgets the packs of indexes that nobody pins. Blocking. */
    long removeUnpinned() {
        return await(
                transactions.inTransaction(() -> rows.delete("indexName not in (select pin.indexName from Pin pin)")));
    }

    /** The names of the files that are needed. Blocking. */
    Set<String> fileNames() {
        return await(transactions.inTransaction(
                () -> rows.list("state", PackRow.State.MADE).map(made -> {
                    Set<String> names = new HashSet<>();
                    made.forEach(row -> {
                        PackListing.Entry entry = entry(row);
                        names.add(entry.pack().packFile());
                        names.add(entry.packIndex().packIndexFile());
                    });
                    return names;
                })));
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().atMost(DATABASE_WAIT);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
