package org.vsekai.nebula.benchmarks.ledger;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** What both sides have in common: processes, and asking each member who leads. */
abstract class ProcessCluster implements Cluster {
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final List<MemberProcess> members = new ArrayList<>();

    /** The three, made once by the constructor of the side. */
    final void add(MemberProcess member) {
        members.add(member);
    }

    /** Whom a member takes for the leader; empty while it knows none or does not answer. */
    abstract OptionalInt findLeaderOf(int member);

    @Override
    public void start() throws IOException {
        for (MemberProcess member : members) {
            member.start();
        }
        leader();
    }

    /** Waits until all members that live name the same. */
    @Override
    public int leader() throws IOException {
        long end = System.nanoTime() + START_PATIENCE.toNanos();
        while (true) {
            Optional<Integer> agreed = findAgreed();
            if (agreed.isPresent()) {
                return agreed.get();
            }
            for (MemberProcess member : members) {
                member.requireAlive();
            }
            if (System.nanoTime() > end) {
                throw new IOException("%s: no leader after %d s; see %s"
                        .formatted(
                                name(),
                                START_PATIENCE.toSeconds(),
                                members.getFirst().log()));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private Optional<Integer> findAgreed() {
        List<OptionalInt> named = IntStream.range(0, MEMBERS)
                .mapToObj(this::findLeaderOf)
                .distinct()
                .toList();
        return named.size() == 1 && named.getFirst().isPresent()
                ? Optional.of(named.getFirst().getAsInt())
                : Optional.empty();
    }

    @Override
    public List<Long> processes() {
        return members.stream().map(MemberProcess::pid).toList();
    }

    @Override
    public void kill(int member) {
        members.get(member).kill();
    }

    @Override
    public void restart(int member) throws IOException {
        members.get(member).close();
        members.get(member).start();
        leader();
    }

    @Override
    public void close() {
        members.forEach(MemberProcess::close);
    }
}
