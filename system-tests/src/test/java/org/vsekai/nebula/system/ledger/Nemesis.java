package org.vsekai.nebula.system.ledger;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Does one harm after another to the members, by chance that the seed decides, and lets them recover in between. */
final class Nemesis {

    enum Fault {
        KILL_LEADER,
        KILL_FOLLOWER,
        KILL_TWO,
        KILL_ALL,
        RESTART_LEADER,
        PAUSE_LEADER,
        PAUSE_FOLLOWER,
        PAUSE_TWO,
        ISOLATE_LEADER,
        ISOLATE_FOLLOWER,
        /** The leader hears the others, but they do not hear it. */
        MUTE_LEADER,
        /** The others hear the leader, but it does not hear them. */
        DEAFEN_LEADER,
        /** Leader and one follower do not hear one another; the third hears both. */
        CUT_ONE_LINE
    }

    /** @param longestSilence without an answer to anybody, from the harm to the recovery */
    record Tally(int times, Duration longestSilence) {
        Tally plus(Duration silence) {
            return new Tally(times + 1, silence.compareTo(longestSilence) > 0 ? silence : longestSilence);
        }
    }

    private static final Duration RECOVERY = Duration.ofSeconds(90);
    private static final int ANSWERS_OF_A_SOUND_CLUSTER = 50;

    private final Cluster cluster;
    private final Network network;
    private final LedgerDriver driver;
    private final History history;
    private final Random random;
    private final Map<Fault, Tally> tallies = new EnumMap<>(Fault.class);
    private final List<Fault> due = new ArrayList<>();

    Nemesis(Cluster cluster, Network network, LedgerDriver driver, History history, long seed) {
        this.cluster = cluster;
        this.network = network;
        this.driver = driver;
        this.history = history;
        this.random = new Random(seed);
    }

    Map<Fault, Tally> tallies() {
        return tallies;
    }

    /** The next fault; every kind comes before any comes again. */
    void strike() throws IOException, InterruptedException {
        if (due.isEmpty()) {
            due.addAll(List.of(Fault.values()));
            Collections.shuffle(due, random);
        }
        strike(due.removeLast());
    }

    /** Does it, keeps it up for a while, undoes it and waits until the cluster is sound again. */
    void strike(Fault fault) throws IOException, InterruptedException {
        Duration calm = history.takeSilence();
        OptionalInt leads = driver.findLeader();
        // Without a leader, any member is as good as another.
        int leader = leads.orElse(random.nextInt(cluster.size()));
        List<Integer> followers = new ArrayList<>(IntStream.range(0, cluster.size())
                .filter(member -> member != leader)
                .boxed()
                .toList());
        Collections.shuffle(followers, random);
        int follower = followers.getFirst();
        Duration held = Duration.ofMillis(random.nextLong(2_000, 6_000));
        System.out.printf(
                "%6.1f s  %s for %d ms (leader %s; %d answers; before that %d ms of silence at most)%n",
                history.now() / 1e9,
                fault,
                held.toMillis(),
                leads.isPresent() ? leader : "unknown",
                history.counts().known(),
                calm.toMillis());

        List<Integer> killed = List.of();
        List<Integer> paused = List.of();
        switch (fault) {
            case KILL_LEADER -> killed = List.of(leader);
            case KILL_FOLLOWER -> killed = List.of(follower);
            case KILL_TWO -> killed = List.of(leader, follower);
            case KILL_ALL -> killed = List.of(leader, followers.get(0), followers.get(1));
            case RESTART_LEADER -> {
                cluster.terminate(leader);
                cluster.start(leader);
            }
            case PAUSE_LEADER -> paused = List.of(leader);
            case PAUSE_FOLLOWER -> paused = List.of(follower);
            case PAUSE_TWO -> paused = List.of(leader, follower);
            case ISOLATE_LEADER -> isolate(leader);
            case ISOLATE_FOLLOWER -> isolate(follower);
            case MUTE_LEADER -> {
                for (int other : followers) {
                    network.cut(leader, other);
                }
            }
            case DEAFEN_LEADER -> {
                for (int other : followers) {
                    network.cut(other, leader);
                }
            }
            case CUT_ONE_LINE -> network.cutBoth(leader, follower);
        }
        for (int member : killed) {
            cluster.kill(member);
        }
        for (int member : paused) {
            cluster.pause(member);
        }
        keepUp(held);
        network.mend();
        for (int member : paused) {
            cluster.resume(member);
        }
        for (int member : killed) {
            cluster.start(member);
        }
        awaitSound(fault.toString());
        tallies.put(
                fault, tallies.getOrDefault(fault, new Tally(0, Duration.ZERO)).plus(history.takeSilence()));
    }

    /** A thread may be woken at any time. */
    private static void keepUp(Duration held) {
        long end = System.nanoTime() + held.toNanos();
        for (long left = held.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void isolate(int member) throws IOException, InterruptedException {
        for (int other = 0; other < cluster.size(); other++) {
            if (other != member) {
                network.cutBoth(member, other);
            }
        }
    }

    /** Every member answers, one leads, and clients get answers. */
    void awaitSound(String after) {
        awaitLeader(after);
        long answers = history.counts().known() + ANSWERS_OF_A_SOUND_CLUSTER;
        await("answers after " + after, () -> history.counts().known() >= answers);
    }

    /** Every member answers, and one leads. */
    void awaitLeader(String after) {
        for (int member = 0; member < cluster.size(); member++) {
            int awaited = member;
            await("member " + member + " answers after " + after, () -> {
                cluster.requireAlive(awaited);
                return driver.answers(awaited);
            });
        }
        await("a leader after " + after, () -> driver.findLeader().isPresent());
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + RECOVERY.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("within " + RECOVERY + " there were no signs of: " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
