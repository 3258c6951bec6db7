package org.vsekai.nebula.sync.database;

import java.util.concurrent.atomic.LongAdder;
import org.vsekai.nebula.sync.zone.TierTimes;

/** What a zone's flushes came to. Thread-safe. */
final class Flushes extends TierTimes {
    private final LongAdder rows = new LongAdder();

    void wrote(int written) {
        rows.add(written);
    }

    long rows() {
        return rows.sum();
    }
}
