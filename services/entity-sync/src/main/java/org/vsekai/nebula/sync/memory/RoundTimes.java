package org.vsekai.nebula.sync.memory;

import java.util.concurrent.atomic.LongAdder;
import org.vsekai.nebula.sync.zone.TierTimes;

/** What became of a zone's rounds. Thread-safe. */
final class RoundTimes extends TierTimes {
    private final LongAdder pages = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    void wrotePage(int length) {
        pages.increment();
        bytes.add(length);
    }

    long pages() {
        return pages.sum();
    }

    long bytes() {
        return bytes.sum();
    }
}
