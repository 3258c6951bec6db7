package org.vsekai.nebula.stores;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * Stores that stand in for one another, in order: what one lacks, spoils or cannot answer is asked of the next. A chunk is
 * checked before it is handed out, since only that tells a spoiled one. A store that could not be asked is asked last for a
 * while, so that each chunk does not wait for it.
 *
 * <p>When all have failed the failure is unavailable before corrupt before missing: a chunk is not said to be missing while one
 * store could not be asked. Thread-safe.
 */
public final class FailoverStore implements ReadableStore {
    private static final Duration REST = Duration.ofSeconds(10);

    private final List<Member> members;
    private final LongSupplier nanos;

    private record Member(ReadableStore store, AtomicLong restsUntil) {}

    /** @param stores in the order in which they are asked; closed with this one */
    public FailoverStore(List<? extends ReadableStore> stores) {
        this(stores, System::nanoTime);
    }

    FailoverStore(List<? extends ReadableStore> stores, LongSupplier nanos) {
        if (stores.isEmpty()) {
            throw new IllegalArgumentException("want at least one store");
        }
        this.nanos = nanos;
        this.members = stores.stream()
                .map(store -> new Member(store, new AtomicLong(nanos.getAsLong())))
                .toList();
    }

    @Override
    public String name() {
        return members.stream().map(member -> member.store.name()).collect(Collectors.joining("|"));
    }

    /** Those that rest come last. */
    private List<Member> inTurn() {
        long now = nanos.getAsLong();
        List<Member> awake = new ArrayList<>();
        List<Member> resting = new ArrayList<>();
        for (Member member : members) {
            (member.restsUntil.get() - now > 0 ? resting : awake).add(member);
        }
        awake.addAll(resting);
        return awake;
    }

    private void rest(Member member) {
        member.restsUntil.set(nanos.getAsLong() + REST.toNanos());
    }

    @Override
    public byte[] getStored(ChunkId id, int maxStoredBytes) {
        List<CasyncException> failures = new ArrayList<>();
        for (Member member : inTurn()) {
            try {
                return ChunkCheck.require(id, member.store.getStored(id, maxStoredBytes), member.store.name());
            } catch (StoreUnavailableException e) {
                rest(member);
                failures.add(e);
            } catch (ChunkMissingException | ChunkCorruptException e) {
                failures.add(e);
            }
        }
        CasyncException worst = failures.stream()
                .max(Comparator.comparing(FailoverStore::weight))
                .orElseThrow();
        failures.stream().filter(failure -> failure != worst).forEach(worst::addSuppressed);
        throw worst instanceof ChunkMissingException ? new ChunkMissingException(id, name()) : worst;
    }

    private static int weight(CasyncException failure) {
        return failure instanceof StoreUnavailableException ? 2 : failure instanceof ChunkCorruptException ? 1 : 0;
    }

    @Override
    public boolean has(ChunkId id) {
        @Nullable StoreUnavailableException unknown = null;
        for (Member member : inTurn()) {
            try {
                if (member.store.has(id)) {
                    return true;
                }
            } catch (StoreUnavailableException e) {
                rest(member);
                unknown = e;
            }
        }
        if (unknown != null) {
            throw unknown;
        }
        return false;
    }

    @Override
    public void close() {
        members.forEach(member -> member.store.close());
    }
}
