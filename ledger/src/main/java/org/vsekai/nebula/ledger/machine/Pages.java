package org.vsekai.nebula.ledger.machine;

import java.util.List;
import java.util.NavigableMap;
import java.util.function.Function;
import org.vsekai.nebula.ledger.InvalidCommandException;
import org.vsekai.nebula.ledger.LedgerView;

/** Cuts ordered names into pages. */
final class Pages {
    private Pages() {}

    static <V, T> List<T> page(
            NavigableMap<String, V> byName, String prefix, String after, int pageSize, Function<V, T> item) {
        check(pageSize);
        boolean begins = after.compareTo(prefix) < 0;
        return byName.tailMap(begins ? prefix : after, begins).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .limit(pageSize)
                .map(entry -> item.apply(entry.getValue()))
                .toList();
    }

    static void check(int pageSize) {
        if (pageSize < 1 || pageSize > LedgerView.PAGE) {
            throw new InvalidCommandException("pageSize", "%d; from 1 to %d".formatted(pageSize, LedgerView.PAGE));
        }
    }
}
