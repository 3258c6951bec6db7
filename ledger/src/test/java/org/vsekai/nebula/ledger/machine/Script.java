package org.vsekai.nebula.ledger.machine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.LedgerView;
import org.vsekai.nebula.ledger.RequestId;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.consensus.Stamp;

/** Feeds one machine, entry by entry, at a ledger time that the test sets. */
final class Script {
    final LedgerMachine machine;
    long millis = 1_000;
    LedgerLimits limits = LedgerLimits.DEFAULT;
    private long index;

    Script() {
        this(new LedgerMachine(System::nanoTime));
    }

    Script(LedgerMachine machine) {
        this.machine = machine;
    }

    Script after(Duration passed) {
        millis += passed.toMillis();
        return this;
    }

    Result run(Command command) {
        return run(RequestId.random(), command);
    }

    Result run(RequestId id, Command command) {
        return run(new Envelope(id, millis, limits, command));
    }

    Result run(Envelope envelope) {
        return decoded(apply(CommandCodec.encode(envelope)));
    }

    /** One entry of one command. */
    byte[] apply(byte[] command) {
        index++;
        Stamp stamp = new Stamp(millis, 1_700_000_000_000L + millis);
        byte[] result = machine.apply(index, stamp, command);
        machine.endBatch(index, stamp);
        return result;
    }

    /** An entry without commands. */
    void pass() {
        machine.endBatch(++index, new Stamp(millis, 1_700_000_000_000L + millis));
    }

    <T> T read(Function<LedgerView, T> query) {
        try {
            return machine.read(Duration.ofSeconds(10), query);
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    <T> List<T> list(Function<LedgerView, List<T>> query) {
        return read(query);
    }

    <T> Optional<T> find(Function<LedgerView, Optional<T>> query) {
        return read(query);
    }

    long number(ToLongFunction<LedgerView> query) {
        return read(query::applyAsLong);
    }

    byte[] snapshot() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            machine.writeSnapshot(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A new machine with this one's state, that goes on from here. */
    Script restored() throws IOException {
        Script restored = new Script();
        restored.machine.readSnapshot(new DataInputStream(new ByteArrayInputStream(snapshot())));
        restored.millis = millis;
        restored.limits = limits;
        restored.index = index;
        return restored;
    }

    static Result decoded(byte[] result) {
        try {
            return ResultCodec.decode(result);
        } catch (MalformedDataException e) {
            throw new AssertionError(e);
        }
    }
}
