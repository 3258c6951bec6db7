package org.vsekai.nebula.kit.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread brings about. */
public final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Eventually() {}

    /** Repeats assertions until they hold; after {@link #PATIENCE} their failure is the test's. */
    public static void eventually(Runnable assertions) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                assertions.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }
}
