package org.vsekai.nebula.ledger.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.Result;

/** Pending intents, and finished ones for a while. */
final class Intents {
    /** @param finishedMillis ledger time; 0 while pending */
    private record Kept(Intent intent, long bytes, long finishedMillis) {}

    private final Tokens tokens;
    private final TreeMap<Long, Kept> byToken = new TreeMap<>();
    private final Map<UUID, Long> tokenById = new HashMap<>();

    /** Tokens of finished ones, in the order in which they were finished. */
    private final ArrayDeque<Long> finished = new ArrayDeque<>();

    private long pendingBytes;
    private long finishedBytes;

    Intents(Tokens tokens) {
        this.tokens = tokens;
    }

    /** Drops finished ones that are too old or too many. */
    void tidy(LedgerLimits limits, long nowMillis, Consumer<Change> changes) {
        while (!finished.isEmpty()
                && (finished.size() > limits.finishedIntents()
                        || nowMillis - oldestFinished().finishedMillis()
                                > limits.finishedIntentAge().toMillis())) {
            dropOldest(changes);
        }
    }

    Result begin(Command.BeginIntent begin, Leases leases, LedgerLimits limits, Now now, Consumer<Change> changes) {
        if (!leases.isAlive(begin.lease(), begin.leaseToken())) {
            return new Result.LeaseLost(begin.lease());
        }
        if (tokenById.containsKey(begin.id())) {
            return new Result.IntentExists(begin.id());
        }
        if (pending() >= limits.pendingIntents()) {
            return new Result.LimitReached(Result.Limit.PENDING_INTENTS, limits.pendingIntents());
        }
        long added = bytes(begin.kind(), begin.writer(), begin.lease(), begin.covers());
        if (pendingBytes + added > limits.intentBytes()) {
            return new Result.LimitReached(Result.Limit.INTENT_BYTES, limits.intentBytes());
        }
        while (bytes() + added > limits.intentBytes()) {
            dropOldest(changes);
        }
        Intent intent = new Intent(
                begin.id(),
                tokens.next(),
                begin.kind(),
                begin.writer(),
                begin.lease(),
                begin.leaseToken(),
                begin.covers(),
                Intent.State.PENDING,
                Optional.empty(),
                now.wall(),
                Optional.empty());
        put(new Kept(intent, added, 0));
        changes.accept(new Change.IntentSet(intent));
        return new Result.IntentBegun(intent.id(), intent.token());
    }

    Result commit(Command.CommitIntent commit, Leases leases, Now now, Consumer<Change> changes) {
        return finish(commit.id(), commit.token(), Intent.State.COMMITTED, Optional.empty(), leases, now, changes);
    }

    Result abort(Command.AbortIntent abort, Leases leases, Now now, Consumer<Change> changes) {
        return finish(
                abort.id(), abort.token(), Intent.State.ABORTED, Optional.of(abort.reason()), leases, now, changes);
    }

    @Nullable
    Intent find(UUID id) {
        Long token = tokenById.get(id);
        return token == null ? null : kept(token).intent();
    }

    Stream<Intent> after(long token) {
        return byToken.tailMap(token, false).values().stream().map(Kept::intent);
    }

    int pending() {
        return byToken.size() - finished.size();
    }

    int finished() {
        return finished.size();
    }

    long bytes() {
        return pendingBytes + finishedBytes;
    }

    void write(Encoder out) {
        out.count(byToken.size());
        byToken.values().forEach(kept -> write(kept, out));
        out.count(finished.size());
        finished.forEach(out::count);
    }

    static Intents read(Decoder in, Tokens tokens, long nowMillis) throws IOException {
        Intents intents = new Intents(tokens);
        long count = in.count(Integer.MAX_VALUE);
        long before = 0;
        int finished = 0;
        for (long i = 0; i < count; i++) {
            Kept kept = readKept(in, nowMillis);
            in.expect(kept.intent().token() > before, "intents out of order");
            in.expect(kept.intent().token() <= tokens.last(), "an intent's token that was never given");
            in.expect(!intents.tokenById.containsKey(kept.intent().id()), "the same intent twice");
            intents.put(kept);
            before = kept.intent().token();
            finished += kept.intent().state() == Intent.State.PENDING ? 0 : 1;
        }
        in.expect(in.count(Integer.MAX_VALUE) == finished, "another number of finished intents");
        long finishedBefore = 0;
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < finished; i++) {
            long token = in.token();
            Kept kept = intents.byToken.get(token);
            if (kept == null || kept.intent().state() == Intent.State.PENDING || !seen.add(token)) {
                throw in.malformed("a finished intent that is not there");
            }
            in.expect(kept.finishedMillis() >= finishedBefore, "finished intents out of order");
            intents.finished.add(token);
            finishedBefore = kept.finishedMillis();
        }
        return intents;
    }

    private Result finish(
            UUID id,
            long token,
            Intent.State state,
            Optional<String> reason,
            Leases leases,
            Now now,
            Consumer<Change> changes) {
        Long key = tokenById.get(id);
        if (key == null) {
            return new Result.IntentUnknown(id);
        }
        Kept kept = kept(key);
        Intent intent = kept.intent();
        if (intent.state() != Intent.State.PENDING) {
            return new Result.IntentNotPending(id, intent.state());
        }
        boolean writerAlive = leases.isAlive(intent.lease(), intent.leaseToken());
        if (token == intent.token()) {
            if (!writerAlive) {
                return new Result.LeaseLost(intent.lease());
            }
        } else {
            Claim recovery = leases.findClaim(Intent.RECOVERY);
            if (recovery == null || recovery.token() != token) {
                return new Result.IntentNotYours(id);
            }
            if (writerAlive) {
                return new Result.WriterAlive(id, intent.lease());
            }
            if (token < intent.token()) {
                return new Result.ClaimTooOld(id, intent.token());
            }
        }
        Intent done = new Intent(
                id,
                intent.token(),
                intent.kind(),
                intent.writer(),
                intent.lease(),
                intent.leaseToken(),
                intent.covers(),
                state,
                reason,
                intent.begunAt(),
                Optional.of(now.wall()));
        pendingBytes -= kept.bytes();
        put(new Kept(done, kept.bytes(), now.millis()));
        finished.add(key);
        changes.accept(new Change.IntentSet(done));
        return new Result.IntentFinished(id, state);
    }

    private void put(Kept kept) {
        byToken.put(kept.intent().token(), kept);
        tokenById.put(kept.intent().id(), kept.intent().token());
        if (kept.intent().state() == Intent.State.PENDING) {
            pendingBytes += kept.bytes();
        } else {
            finishedBytes += kept.bytes();
        }
    }

    private void dropOldest(Consumer<Change> changes) {
        Kept dropped = kept(finished.remove());
        byToken.remove(dropped.intent().token());
        tokenById.remove(dropped.intent().id());
        finishedBytes -= dropped.bytes();
        changes.accept(
                new Change.IntentDropped(dropped.intent().id(), dropped.intent().kind()));
    }

    private Kept oldestFinished() {
        return kept(finished.element());
    }

    private Kept kept(long token) {
        Kept kept = byToken.get(token);
        if (kept == null) {
            throw new AssertionError("no intent with token " + token);
        }
        return kept;
    }

    private static long bytes(String kind, String writer, String lease, List<String> covers) {
        return Stream.concat(Stream.of(kind, writer, lease), covers.stream())
                .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    private static void write(Kept kept, Encoder out) {
        Intent intent = kept.intent();
        out.uuid(intent.id())
                .count(intent.token())
                .text(intent.kind())
                .text(intent.writer())
                .text(intent.lease())
                .count(intent.leaseToken());
        CommandCodec.writeCovers(intent.covers(), out);
        out.int64(intent.begunAt().toEpochMilli()).int8(ResultCodec.code(intent.state()));
        intent.reason().ifPresent(out::text);
        intent.finishedAt().ifPresent(at -> out.int64(at.toEpochMilli()).count(kept.finishedMillis()));
    }

    private static Kept readKept(Decoder in, long nowMillis) throws IOException {
        UUID id = in.uuid();
        long token = in.token();
        String kind = in.text(CommandCodec.NAME_BYTES);
        String writer = in.text(CommandCodec.NAME_BYTES);
        String lease = in.text(CommandCodec.NAME_BYTES);
        long leaseToken = in.token();
        List<String> covers = CommandCodec.readCovers(in);
        Instant begunAt = Instant.ofEpochMilli(in.int64());
        Intent.State state = ResultCodec.readState(in);
        Optional<String> reason =
                state == Intent.State.ABORTED ? Optional.of(in.text(CommandCodec.TEXT_BYTES)) : Optional.empty();
        boolean pending = state == Intent.State.PENDING;
        Optional<Instant> finishedAt = pending ? Optional.empty() : Optional.of(Instant.ofEpochMilli(in.int64()));
        long finishedMillis = pending ? 0 : in.count(nowMillis);
        Intent intent = in.make(() ->
                new Intent(id, token, kind, writer, lease, leaseToken, covers, state, reason, begunAt, finishedAt));
        return new Kept(intent, bytes(kind, writer, lease, covers), finishedMillis);
    }
}
