package org.vsekai.nebula.sync.ledger;

import org.vsekai.nebula.ledger.Counter;

/** A counter as JSON. */
record CounterView(String name, long value) {
    static CounterView of(Counter counter) {
        return new CounterView(counter.name(), counter.value());
    }
}
