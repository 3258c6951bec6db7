package org.vsekai.nebula.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs a parser and fails if it takes memory out of proportion to what it was given. */
public final class Bounded {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Buffers, and the classes that are loaded and instrumented on the way. */
    private static final long FIXED_BYTES = 96L << 20;

    private static final long BYTES_PER_INPUT_BYTE = 512;

    /** Runs at the start of a JVM that are not measured: while fuzzing, most classes are instrumented in them. */
    private static final int UNMEASURED_RUNS = 20;

    private static final AtomicInteger RUNS = new AtomicInteger();

    private Bounded() {}

    /** What is run. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /**
     * Runs the work.
     *
     * @param inputBytes size of what the parser was given
     */
    public static void run(int inputBytes, Work work) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (RUNS.incrementAndGet() > UNMEASURED_RUNS && taken > FIXED_BYTES + BYTES_PER_INPUT_BYTE * inputBytes) {
            throw new AssertionError("%d bytes were allocated for an input of %d".formatted(taken, inputBytes));
        }
    }
}
