package org.vsekai.nebula.system.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.vsekai.nebula.system.ledger.LedgerDriver.Outcome;
import org.vsekai.nebula.system.ledger.Operation.Answer;

/**
 * Clients that add to, swap and read counters, and pass leases around, each one operation at a time, over all members.
 *
 * <p>Keys are used for a few seconds and then left for new ones: an operation of unknown outcome may take effect at any later
 * time, and what a checker must consider grows exponentially with how many of them one key has. All are read once more at the
 * end, so that an effect that came late, or twice, is seen all the same. What is added is random and large, so that the sums
 * tell which additions are in them.
 */
final class Workload implements AutoCloseable {

    /** What a client may do wrong, to see whether it is noticed. */
    enum Weakness {
        NONE,
        /** Reads are answered by any member from what it has. */
        STALE_READS,
        /** Every attempt is a request of its own, so that the ledger cannot know it again. */
        NO_DEDUPLICATION
    }

    private static final Duration EPOCH = Duration.ofSeconds(5);
    /** Longer than any outage that the nemesis makes, as far as members start in time. */
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final Duration ATTEMPT = Duration.ofSeconds(2);
    private static final Duration IMPATIENT_ATTEMPT = Duration.ofSeconds(1);
    private static final Duration LEASE_TTL = Duration.ofMillis(1_500);
    private static final int COLD_COUNTERS = 8;
    private static final int LEASES = 3;

    private final LedgerDriver driver;
    private final History history;
    private final Weakness weakness;
    private final int members;
    private final String prefix;
    private final List<Thread> threads = new ArrayList<>();
    private final Set<String> counters = new TreeSet<>();
    private final Set<String> leases = new TreeSet<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    /** @param prefix of every key, so that each workload has keys that nobody has used */
    Workload(
            LedgerDriver driver,
            History history,
            Weakness weakness,
            int members,
            int clients,
            String prefix,
            RandomGenerator.SplittableGenerator random) {
        this.driver = driver;
        this.history = history;
        this.weakness = weakness;
        this.members = members;
        this.prefix = prefix;
        for (int client = 0; client < clients; client++) {
            Client own = new Client(client, random.split());
            threads.add(Thread.ofPlatform()
                    .name("client-" + client)
                    .uncaughtExceptionHandler((thread, failure) -> {
                        System.out.println(thread.getName() + ": " + failure);
                        failures.add(failure);
                    })
                    .start(own::run));
        }
    }

    static RandomGenerator.SplittableGenerator random(long seed) {
        return RandomGeneratorFactory.<RandomGenerator.SplittableGenerator>of("L64X128MixRandom")
                .create(seed);
    }

    /** Lets every client end what it does, then reads all that was ever written. */
    void finish() throws InterruptedException {
        close();
        failures.forEach(failure -> {
            throw new IllegalStateException("a client failed", failure);
        });
        Client reader = new Client(threads.size(), random(0));
        counters.forEach(counter -> reader.perform(Operation.get(counter)));
        leases.forEach(lease -> reader.perform(Operation.find(lease)));
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private final class Client {
        private final int id;
        private final RandomGenerator random;
        private final Map<String, Long> lastSeen = new HashMap<>();
        private final Map<String, Long> tokens = new HashMap<>();
        private int member;

        Client(int id, RandomGenerator random) {
            this.id = id;
            this.random = random;
            this.member = id % members;
        }

        void run() {
            long epoch = -1;
            while (!stopped) {
                long current = history.now() / EPOCH.toNanos();
                if (current != epoch) {
                    epoch = current;
                    lastSeen.clear();
                    tokens.clear();
                }
                String suffix = prefix + "-" + epoch;
                int choice = random.nextInt(100);
                if (choice < 35) {
                    hot("hot-" + suffix);
                } else if (choice < 65) {
                    cold("cold-" + suffix + "-" + random.nextInt(COLD_COUNTERS));
                } else {
                    lease("lease-" + suffix + "-" + random.nextInt(LEASES));
                }
                // Now and then another member, so that none is known to one client only.
                if (random.nextInt(20) == 0) {
                    member = random.nextInt(members);
                }
            }
        }

        private void hot(String counter) {
            used(counters, counter);
            perform(random.nextInt(3) == 0 ? Operation.get(counter) : Operation.add(counter, number()));
        }

        private void cold(String counter) {
            used(counters, counter);
            Operation operation =
                    switch (random.nextInt(4)) {
                        case 0 -> Operation.get(counter);
                        case 1 -> Operation.add(counter, number());
                        default -> Operation.swap(counter, lastSeen.getOrDefault(counter, 0L), number());
                    };
            perform(operation).ifPresent(answer -> {
                if (answer.value() != null) {
                    lastSeen.put(counter, answer.value());
                } else if (Boolean.TRUE.equals(answer.done())) {
                    lastSeen.put(counter, operation.arguments().value());
                }
            });
        }

        /** A client that acquires under a name of its own never finds itself in the way. */
        private void lease(String lease) {
            used(leases, lease);
            Long token = tokens.get(lease);
            int choice = random.nextInt(10);
            if (choice < 3) {
                perform(Operation.find(lease));
            } else if (token == null || choice == 3) {
                tokens.remove(lease);
                perform(Operation.acquire(lease, "client-" + id, LEASE_TTL))
                        .filter(answer -> Boolean.TRUE.equals(answer.done()))
                        .ifPresent(answer -> tokens.put(lease, answer.token()));
            } else if (choice < 8) {
                perform(Operation.renew(lease, token))
                        .filter(answer -> Boolean.FALSE.equals(answer.done()))
                        .ifPresent(lost -> tokens.remove(lease));
            } else if (choice == 8) {
                perform(Operation.release(lease, token));
                tokens.remove(lease);
            } else {
                // Forgotten, as by a holder that died: it must run out by itself.
                tokens.remove(lease);
            }
        }

        private void used(Set<String> keys, String key) {
            synchronized (keys) {
                keys.add(key);
            }
        }

        private long number() {
            long number = random.nextLong(1, 1L << 48);
            return random.nextBoolean() ? number : -number;
        }

        /** Tries until an answer is there or the deadline has passed, and records what came of it. */
        Optional<Answer> perform(Operation operation) {
            UUID request = new UUID(random.nextLong(), random.nextLong());
            long call = history.now();
            boolean mayHaveHappened = false;
            int attempt = 0;
            while (history.now() - call < DEADLINE.toNanos()) {
                attempt++;
                history.attempted();
                boolean stale = weakness == Weakness.STALE_READS && operation.isRead();
                switch (driver.attempt(member, request, operation, stale, timeout(call))) {
                    case Outcome.Known(Answer answer) -> {
                        history.known(id, call, operation, answer);
                        return Optional.of(answer);
                    }
                    case Outcome.NotDone(String why) -> history.attemptFailed(why);
                    case Outcome.Unknown(String why) -> {
                        history.attemptFailed(why);
                        mayHaveHappened = true;
                    }
                }
                if (weakness == Weakness.NO_DEDUPLICATION) {
                    request = new UUID(random.nextLong(), random.nextLong());
                }
                member = (member + 1) % members;
                LockSupport.parkNanos(Duration.ofMillis(random.nextLong(10, 40L * Math.min(attempt, 5)))
                        .toNanos());
            }
            if (mayHaveHappened && !operation.isRead()) {
                history.unknown(id, call, operation);
            } else {
                history.notDone();
            }
            return Optional.empty();
        }

        private Duration timeout(long call) {
            Duration patience = weakness == Weakness.NO_DEDUPLICATION ? IMPATIENT_ATTEMPT : ATTEMPT;
            Duration left = DEADLINE.minusNanos(history.now() - call);
            return left.compareTo(patience) < 0 ? left.plusMillis(1) : patience;
        }
    }
}
