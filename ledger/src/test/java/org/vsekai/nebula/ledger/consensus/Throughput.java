package org.vsekai.nebula.ledger.consensus;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

/** Prints commits per second through a leader, three members in this process on one disk with fsync on. */
final class Throughput {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private Throughput() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("throughput");
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        try (Trio trio =
                Trio.started(folder, config -> config.withLog(org.vsekai.nebula.ledger.log.LogOptions.DEFAULT))) {
            Member leader = trio.leader();
            measure(leader, 8, 2);
            for (int proposers : new int[] {1, 16, 64}) {
                long fsyncs = leader.status().fsyncs();
                double rate = measure(leader, proposers, seconds);
                long synced = leader.status().fsyncs() - fsyncs;
                System.out.printf(
                        "leader, %d proposers: %.0f commits/s, %.0f fsyncs/s%n",
                        proposers, rate, (double) synced / seconds);
            }
            System.out.printf("follower, 16 proposers: %.0f commits/s%n", measure(trio.follower(), 16, seconds));
        }
    }

    private static double measure(Member member, int proposers, int seconds) throws InterruptedException {
        LongAdder commits = new LongAdder();
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        CountDownLatch done = new CountDownLatch(proposers);
        for (int i = 0; i < proposers; i++) {
            Thread.ofPlatform().start(() -> {
                try {
                    while (System.nanoTime() < end) {
                        member.propose(AddingMachine.add(1), TIMEOUT).join();
                        commits.increment();
                    }
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        return commits.sum() / (double) seconds;
    }
}
