package org.vsekai.nebula.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Members in processes of their own, in one folder; started, killed and asked by number. */
public final class LedgerCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<LedgerProcess.Place> places = new ArrayList<>();
    private final List<LedgerProcess.Place> first;
    private final List<Optional<LedgerProcess>> processes = new ArrayList<>();
    private final String[] options;

    /** So many places, of which none is started. */
    public LedgerCluster(Path folder, int members, String... options) throws IOException {
        this.options = options;
        // One more than asked for, for a member that joins later.
        List<Integer> ports = Ports.free(members + 1);
        for (int i = 0; i <= members; i++) {
            String id = String.valueOf((char) ('a' + i));
            places.add(new LedgerProcess.Place(id, ports.get(i), folder.resolve(id)));
            processes.add(Optional.empty());
        }
        this.first = List.copyOf(places.subList(0, members));
    }

    /** Starts every one of the first members, and waits for a leader. */
    public LedgerCluster start() throws IOException {
        for (int i = 0; i < first.size(); i++) {
            start(i);
        }
        leader();
        return this;
    }

    /** Starts one. The place beyond the first members is that of one who will join. */
    public LedgerProcess start(int member) throws IOException {
        List<LedgerProcess.Place> known = member < first.size() ? first : places;
        LedgerProcess process = LedgerProcess.start(places.get(member), known, options);
        processes.set(member, Optional.of(process));
        return process;
    }

    public LedgerProcess member(int member) {
        return processes.get(member).orElseThrow();
    }

    public LedgerProcess.Place place(int member) {
        return places.get(member);
    }

    public int size() {
        return first.size();
    }

    /** The number of the member that leads, as it says itself; waits until one does. */
    public int leader() {
        int[] leader = {-1};
        eventually("a leader", () -> {
            for (int i = 0; i < processes.size(); i++) {
                if (status(i).startsWith("ok LEADER ")) {
                    leader[0] = i;
                    return true;
                }
            }
            return false;
        });
        return leader[0];
    }

    /** A member's line of status; empty when it is not there or does not answer at once. */
    public String status(int member) {
        return processes
                .get(member)
                .filter(LedgerProcess::isAlive)
                .map(process -> {
                    try {
                        return process.call("status")
                                .orTimeout(2, TimeUnit.SECONDS)
                                .join();
                    } catch (CompletionException e) {
                        return "";
                    }
                })
                .orElse("");
    }

    /** A field of a member's status as a number; -1 when it does not answer. */
    public long statusNumber(int member, int word) {
        String status = status(member);
        return status.isEmpty() ? -1 : Long.parseLong(status.split(" ")[word]);
    }

    /** Whether {@code condition} becomes true within a minute. */
    public static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within %s: %s".formatted(PATIENCE, what));
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    /** Asks members in turn until one answers as wanted. */
    public String askUntil(Function<LedgerProcess, String> question, String wantedStart) {
        String[] answer = {""};
        eventually("an answer that begins with " + wantedStart, () -> {
            for (Optional<LedgerProcess> process : processes) {
                if (process.isPresent() && process.get().isAlive()) {
                    try {
                        answer[0] = question.apply(process.get());
                    } catch (CompletionException e) {
                        continue;
                    }
                    if (answer[0].startsWith(wantedStart)) {
                        return true;
                    }
                }
            }
            return false;
        });
        return answer[0];
    }

    @Override
    public void close() {
        for (Optional<LedgerProcess> process : processes) {
            process.ifPresent(LedgerProcess::kill);
        }
    }
}
