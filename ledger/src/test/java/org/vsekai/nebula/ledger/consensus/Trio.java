package org.vsekai.nebula.ledger.consensus;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.vsekai.nebula.ledger.Ports;
import org.vsekai.nebula.ledger.log.LogOptions;

/** Members of one process over loopback TCP, each with a folder of its own. */
final class Trio implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path folder;
    private final UnaryOperator<MemberConfig> change;
    private final Map<String, InetSocketAddress> addresses = new TreeMap<>();
    private final Map<String, Member> members = new TreeMap<>();
    private final Map<String, AddingMachine> machines = new TreeMap<>();
    private final List<String> voters;

    Trio(Path folder, int size, UnaryOperator<MemberConfig> change) {
        this.folder = folder;
        this.change = change;
        List<String> ids = new ArrayList<>();
        List<Integer> ports = Ports.free(size + 1);
        for (int i = 0; i < size + 1; i++) {
            String id = String.valueOf((char) ('a' + i));
            addresses.put(id, new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(i)));
            if (i < size) {
                ids.add(id);
            }
        }
        this.voters = List.copyOf(ids);
    }

    static Trio started(Path folder) {
        return started(folder, config -> config);
    }

    static Trio started(Path folder, UnaryOperator<MemberConfig> change) {
        Trio trio = new Trio(folder, 3, change);
        trio.startAll();
        return trio;
    }

    void startAll() {
        voters.parallelStream().forEach(this::start);
    }

    MemberConfig config(String id) {
        return change.apply(MemberConfig.of(
                        id,
                        folder.resolve(id),
                        addresses.get(id),
                        voters,
                        new MemberConfig.Discovery.Hosts(List.copyOf(addresses.values())))
                .withLog(LogOptions.DEFAULT.withSegmentBytes(1 << 20)));
    }

    /** One that has that id too, at the address that is not used otherwise. */
    MemberConfig anotherConfig(String id, Path itsFolder) {
        MemberConfig given = config(id);
        InetSocketAddress free = addresses.get(String.valueOf((char) ('a' + voters.size())));
        return MemberConfig.of(id, itsFolder, free, voters, given.discovery()).withLog(given.log());
    }

    Member start(String id) {
        AddingMachine machine = new AddingMachine();
        try {
            Member member = Member.start(config(id), machine);
            synchronized (this) {
                members.put(id, member);
                machines.put(id, machine);
            }
            return member;
        } catch (MemberStartException e) {
            throw new IllegalStateException(e);
        }
    }

    synchronized Member member(String id) {
        return members.get(id);
    }

    synchronized AddingMachine machine(String id) {
        return machines.get(id);
    }

    synchronized Stream<Member> running() {
        return List.copyOf(members.values()).stream();
    }

    void stop(String id) {
        Member member;
        synchronized (this) {
            member = members.remove(id);
        }
        member.close();
    }

    Member leader() {
        eventually(() -> running().anyMatch(Trio::leads));
        return running().filter(Trio::leads).findFirst().orElseThrow();
    }

    Member follower() {
        String leader = leader().status().id();
        eventually(() -> running().allMatch(member -> member.status().leader().equals(java.util.Optional.of(leader))));
        return running()
                .filter(member -> !member.status().id().equals(leader))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Adds 1 so many times, all at once, by way of whoever leads, and those again that got no result, until each has one. What
     * ended with an unknown outcome may count besides.
     */
    void add(int times) {
        int[] left = {times};
        eventually(() -> {
            Member leader = leader();
            List<CompletableFuture<byte[]>> calls = new ArrayList<>();
            for (int i = 0; i < left[0]; i++) {
                calls.add(leader.propose(AddingMachine.add(1), PATIENCE));
            }
            for (CompletableFuture<byte[]> call : calls) {
                try {
                    call.join();
                    left[0]--;
                } catch (CompletionException e) {
                    // Another member leads, or will soon.
                }
            }
            return left[0] == 0;
        });
    }

    /** Until that member has applied all that was committed before. */
    void awaitBarrier(String id) {
        eventually(() -> {
            try {
                return member(id).barrier(PATIENCE).join() > 0;
            } catch (CompletionException e) {
                return false; // it knows no leader yet, or the leader changed
            }
        });
    }

    static boolean leads(Member member) {
        return member.status().role() == MemberStatus.Role.LEADER;
    }

    static void eventually(BooleanSupplier condition) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - giveUp > 0) {
                throw new AssertionError("not within " + PATIENCE);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public synchronized void close() {
        members.values().parallelStream().forEach(Member::close);
    }
}
