package org.vsekai.nebula.ledger.machine;

import java.io.IOException;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Counter;
import org.vsekai.nebula.ledger.Result;

/** Counters other than 0. */
final class Counters {
    private final TreeMap<String, Counter> byName = new TreeMap<>();

    Result add(Command.AddToCounter add, int limit, Consumer<Change> changes) {
        long before = value(add.counter());
        long sum = before + add.delta();
        if (((before ^ sum) & (add.delta() ^ sum)) < 0) {
            return new Result.CounterOverflow(before);
        }
        return set(add.counter(), before, sum, limit, changes);
    }

    Result compareAndSet(Command.CompareAndSetCounter set, int limit, Consumer<Change> changes) {
        long before = value(set.counter());
        return before == set.expected()
                ? set(set.counter(), before, set.value(), limit, changes)
                : new Result.CounterMismatch(before);
    }

    long value(String name) {
        Counter counter = byName.get(name);
        return counter == null ? 0 : counter.value();
    }

    TreeMap<String, Counter> byName() {
        return byName;
    }

    void write(Encoder out) {
        out.count(byName.size());
        byName.values().forEach(counter -> out.text(counter.name()).int64(counter.value()));
    }

    static Counters read(Decoder in) throws IOException {
        Counters counters = new Counters();
        long count = in.count(Integer.MAX_VALUE);
        String before = "";
        for (long i = 0; i < count; i++) {
            String name = in.text(CommandCodec.NAME_BYTES);
            long value = in.int64();
            in.expect(name.compareTo(before) > 0, "counters out of order");
            in.expect(value != 0, "a counter of 0");
            // The rules of a counter's name are those of the command that sets it.
            Command.AddToCounter checked = in.make(() -> new Command.AddToCounter(name, value));
            counters.byName.put(checked.counter(), new Counter(checked.counter(), value));
            before = name;
        }
        return counters;
    }

    private Result set(String name, long before, long value, int limit, Consumer<Change> changes) {
        if (before == 0 && value != 0 && byName.size() >= limit) {
            return new Result.LimitReached(Result.Limit.COUNTERS, limit);
        }
        Counter counter = new Counter(name, value);
        if (value == 0) {
            byName.remove(name);
        } else {
            byName.put(name, counter);
        }
        if (value != before) {
            changes.accept(new Change.CounterSet(counter));
        }
        return new Result.CounterValue(value);
    }
}
