package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where a write can be held between two of its steps. The relays between the services tell every crossing by name, such as
 * {@code before Pin} or {@code after COMMIT of versions}; the armed one waits until the test lets it go, and what
 * the services know meanwhile is what they would know had the packet been slow.
 */
final class StepGates {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** One gate, passed once. */
    static final class Gate {
        private final String name;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);
        private final AtomicInteger left;
        private volatile boolean lost;

        private Gate(String name, int occurrence) {
            this.name = name;
            this.left = new AtomicInteger(occurrence);
        }

        void awaitReached() throws InterruptedException {
            assertThat(reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the write comes to the step: %s", name)
                    .isTrue();
        }

        /** What was held goes on. */
        void letGo() {
            open.countDown();
        }

        /** What was held gets lost: its sender died before it left. */
        void lose() {
            lost = true;
            open.countDown();
        }
    }

    private final AtomicReference<Gate> armed = new AtomicReference<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    /** @param step a crossing's name; with {@code #2} behind it, the second of that name */
    Gate arm(String step) {
        int number = step.indexOf(" #");
        Gate gate = number < 0
                ? new Gate(step, 1)
                : new Gate(step.substring(0, number), Integer.parseInt(step.substring(number + 2)));
        armed.set(gate);
        return gate;
    }

    /** The names of all crossings so far; for the message of a test whose step has another name. */
    Set<String> seen() {
        return seen;
    }

    /** Called by relays. False: what crosses is lost. */
    boolean cross(String name) {
        seen.add(name);
        Gate gate = armed.get();
        if (gate == null || !gate.name.equals(name) || gate.left.decrementAndGet() != 0) {
            return true;
        }
        gate.reached.countDown();
        try {
            gate.open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !gate.lost;
    }
}
