package org.vsekai.nebula.launcher.progress;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Adds up pieces of work from many threads and shows the sum about a hundred times. */
public final class Meter implements LongConsumer {
    private static final int MARKS = 100;

    private final ProgressListener listener;
    private final String activity;
    private final long total;
    private final AtomicLong done = new AtomicLong();

    /** @param total bytes that the pieces will add up to */
    public Meter(ProgressListener listener, String activity, long total) {
        this.listener = listener;
        this.activity = activity;
        this.total = total;
    }

    @Override
    public void accept(long bytes) {
        long after = done.addAndGet(bytes);
        long mark = Math.max(1, total / MARKS);
        if (after / mark != (after - bytes) / mark || after == total) {
            listener.on(new ProgressEvent.Advanced(activity, Math.min(after, total), total));
        }
    }
}
