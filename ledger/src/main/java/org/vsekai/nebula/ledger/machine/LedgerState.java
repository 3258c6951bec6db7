package org.vsekai.nebula.ledger.machine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.function.Consumer;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.consensus.Stamp;

/**
 * All that the members agree on. Its snapshot:
 *
 * <pre>
 * 4     "NLED"
 * 1     version, 1
 * n     index of the last entry applied, ledger time, last token given
 * ...   counters, leases, claims, intents, finished intents in order, requests: each a count and as many items
 * 4     CRC-32C of all before
 * </pre>
 *
 * Everything is in an order of its own, never in one of insertion or of hashing, so that equal states have equal bytes.
 */
final class LedgerState {
    private static final int MAGIC = 0x4e4c_4544;
    private static final int VERSION = 1;

    private final Tokens tokens;
    private final Counters counters;
    private final Leases leases;
    private final Intents intents;
    private final RequestWindow requests;
    private long index;
    private long ledgerMillis;

    /** What is there before the first entry. */
    LedgerState() {
        tokens = new Tokens(0);
        counters = new Counters();
        leases = new Leases(tokens);
        intents = new Intents(tokens);
        requests = new RequestWindow();
    }

    private LedgerState(Decoder in) throws IOException {
        in.expect(in.int32() == MAGIC, "not a snapshot of a ledger");
        in.expect(in.int8() == VERSION, "snapshot of a version other than " + VERSION);
        index = in.count(Long.MAX_VALUE);
        ledgerMillis = in.count(Long.MAX_VALUE);
        tokens = new Tokens(in.token());
        counters = Counters.read(in);
        leases = Leases.read(in, tokens, ledgerMillis);
        intents = Intents.read(in, tokens, ledgerMillis);
        requests = RequestWindow.read(in, ledgerMillis);
        in.expectCrc();
    }

    static LedgerState read(DataInput in) throws IOException {
        return new LedgerState(new Decoder(in));
    }

    void write(DataOutput out) throws IOException {
        Encoder encoder = new Encoder(out);
        try {
            encoder.int32(MAGIC).int8(VERSION).count(index).count(ledgerMillis).count(tokens.last());
            counters.write(encoder);
            leases.write(encoder);
            intents.write(encoder);
            requests.write(encoder);
            encoder.finishWithCrc();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Applies one command of the log and answers its result's bytes. */
    byte[] apply(Stamp stamp, byte[] command, Consumer<Change> changes) {
        advance(stamp, changes);
        try {
            return once(CommandCodec.decode(command), Instant.ofEpochMilli(stamp.wallMillis()), changes);
        } catch (MalformedDataException e) {
            return ResultCodec.encode(new Result.Malformed(String.valueOf(e.getMessage())));
        }
    }

    void finishEntry(long entry, Stamp stamp, Consumer<Change> changes) {
        advance(stamp, changes);
        index = entry;
    }

    long index() {
        return index;
    }

    long ledgerMillis() {
        return ledgerMillis;
    }

    Counters counters() {
        return counters;
    }

    Leases leases() {
        return leases;
    }

    Intents intents() {
        return intents;
    }

    int requests() {
        return requests.size();
    }

    private void advance(Stamp stamp, Consumer<Change> changes) {
        ledgerMillis = Math.max(ledgerMillis, stamp.ledgerMillis());
        leases.expire(ledgerMillis, changes);
    }

    private byte[] once(Envelope sent, Instant wall, Consumer<Change> changes) {
        LedgerLimits limits = sent.limits();
        requests.forget(ledgerMillis - limits.remembered().toMillis());
        intents.tidy(limits, ledgerMillis, changes);
        long hash = CommandCodec.hash(sent.command());
        RequestWindow.Remembered remembered = requests.find(sent.request());
        if (remembered != null) {
            return remembered.commandHash() == hash
                    ? remembered.result()
                    : ResultCodec.encode(new Result.RequestReused());
        }
        // As exact as forget: at the millisecond at which an id may be forgotten no attempt of it is taken any more.
        if (ledgerMillis - sent.seenMillis() >= LedgerLimits.ATTEMPT.toMillis()) {
            return ResultCodec.encode(new Result.RequestExpired());
        }
        if (requests.size() >= limits.requests()) {
            return ResultCodec.encode(new Result.WindowFull(limits.requests()));
        }
        byte[] result = ResultCodec.encode(execute(sent.command(), limits, new Now(ledgerMillis, wall), changes));
        requests.add(sent.request(), hash, ledgerMillis, result);
        return result;
    }

    private Result execute(Command command, LedgerLimits limits, Now now, Consumer<Change> changes) {
        return switch (command) {
            case Command.AddToCounter add -> counters.add(add, limits.counters(), changes);
            case Command.CompareAndSetCounter set -> counters.compareAndSet(set, limits.counters(), changes);
            case Command.AcquireLease acquire -> leases.acquire(acquire, limits, now, changes);
            case Command.RenewLease renew -> leases.renew(renew, now, changes);
            case Command.ReleaseLease release -> leases.release(release, changes);
            case Command.ClaimResource claim -> leases.claim(claim, limits.claims(), changes);
            case Command.ReleaseClaim release -> leases.release(release, changes);
            case Command.BeginIntent begin -> intents.begin(begin, leases, limits, now, changes);
            case Command.CommitIntent commit -> intents.commit(commit, leases, now, changes);
            case Command.AbortIntent abort -> intents.abort(abort, leases, now, changes);
        };
    }
}
