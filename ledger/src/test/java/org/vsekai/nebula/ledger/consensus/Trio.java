package org.vsekai.nebula.ledger.consensus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
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
        for (int i = 0; i < size + 1; i++) {
            String id = String.valueOf((char) ('a' + i));
            addresses.put(id, freeAddress());
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

    static InetSocketAddress freeAddress() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        members.values().parallelStream().forEach(Member::close);
    }
}
