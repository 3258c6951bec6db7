package org.vsekai.nebula.assets.condemned;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.transaction.Transactions;

/**
 * The condemned.
 *
 * <p>Two kinds of transaction meet here. The collector's reads what is protected and writes a {@link Sentence}; a
 * protector's (of an upload, a pin) writes a protection and reads {@link #chunks()}. Each reads what the other writes, so in a
 * serialisable database one of the two comes first and the other sees it. Hence after a protection is committed, what
 * it covers is either condemned, and the protector knows, or never will be while the protection lasts. Thread-safe.
 */
@ApplicationScoped
public class Condemned {
    private static final Duration DATABASE_WAIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(25);

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<CondemnedRow, UUID> {}

    private final Transactions transactions;
    private final Rows rows;
    private final Clock clock;
    private final Duration maxWait;

    Condemned(Transactions transactions, Rows rows, Clock clock, StoreConfig config) {
        this.transactions = transactions;
        this.rows = rows;
        this.clock = clock;
        this.maxWait = config.maxWait();
    }

    /** Every sentence that is being carried out; to be called inside a transaction. There are few: one collector writes them. */
    public Uni<List<Sentence>> all() {
        return rows.listAll().map(found -> found.stream().map(Sentence::of).toList());
    }

    /** The condemned chunks; to be called inside a transaction. */
    public Uni<Set<ChunkId>> chunks() {
        return all().map(sentences -> {
            Set<ChunkId> ids = new HashSet<>();
            sentences.forEach(sentence -> ids.addAll(sentence.chunks()));
            return ids;
        });
    }

    /** Whether a file is condemned; to be called inside a transaction. */
    public Uni<Boolean> holdsFile(String path) {
        return all().map(sentences ->
                sentences.stream().anyMatch(sentence -> sentence.files().contains(path)));
    }

    /** Writes a sentence down; to be called inside the transaction that found all of it unprotected. */
    public Uni<Sentence> condemn(UUID run, Sentence sentence) {
        CondemnedRow row = new CondemnedRow();
        row.id = sentence.id();
        row.runId = run;
        ByteBuffer ids = ByteBuffer.allocate(sentence.chunks().size() * ChunkId.BYTES);
        sentence.chunks().forEach(id -> id.putTo(ids));
        row.chunkIds = ids.array();
        row.fileNames = String.join("\n", sentence.files());
        row.size = sentence.bytes();
        row.insertedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return rows.persist(row).replaceWith(sentence);
    }

    /** Strikes a sentence out that has been carried out; to be called inside a transaction. */
    public Uni<Boolean> strike(Sentence sentence) {
        return rows.delete("id", sentence.id()).map(removed -> removed > 0);
    }

    /** The condemned chunks. Blocking. */
    public Set<ChunkId> findChunks() {
        return transactions.inTransaction(this::chunks).await().atMost(DATABASE_WAIT);
    }

    /** Blocks until a chunk is not condemned, which is when it is gone. @throws ProblemException STORE_BUSY */
    public void awaitGone(ChunkId chunk) {
        awaitNo(sentence -> sentence.chunks().contains(chunk), "chunk " + chunk);
    }

    /** Blocks until a file is not condemned, which is when it is gone. @throws ProblemException STORE_BUSY */
    public void awaitFileGone(String path) {
        awaitNo(sentence -> sentence.files().contains(path), path);
    }

    private void awaitNo(Predicate<Sentence> concerned, String what) {
        long deadline = System.nanoTime() + maxWait.toNanos();
        while (transactions.inTransaction(this::all).await().atMost(DATABASE_WAIT).stream()
                .anyMatch(concerned)) {
            if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                throw beingCollected(what);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** What is being deleted cannot be stored just now. */
    public static ProblemException beingCollected(String what) {
        return new ProblemException(
                ProblemKind.UNAVAILABLE,
                "STORE_BUSY",
                "Unneeded and being deleted just now: " + what + ". Put it again in a moment.");
    }
}
