package org.vsekai.nebula.ledger.consensus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Prints the time from SIGKILL (or SIGSTOP) of the leader to the next committed write, three members in processes of their own. */
final class Failover {
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        boolean stop = arguments.length > 1;
        Path folder = Files.createTempDirectory("failover");
        List<String> ids = List.of("a", "b", "c");
        List<Integer> ports =
                ids.stream().map(id -> Trio.freeAddress().getPort()).toList();
        MemberProcess[] members = new MemberProcess[3];
        for (int i = 0; i < 3; i++) {
            members[i] = new MemberProcess(folder, ids.get(i), ids, ports, ports.get(i));
        }
        for (MemberProcess member : members) {
            member.awaitStart();
        }
        List<Long> times = new ArrayList<>();
        long sum = 0;
        try {
            for (int round = 0; round < rounds; round++) {
                int leader = -1;
                while (leader < 0) {
                    String[] status = members[0].ask("status").split(" ");
                    leader = ids.indexOf(status[1]);
                    Thread.onSpinWait();
                }
                for (int i = 0; i < 20; i++) {
                    sum = sum(members[leader], 1, sum);
                }
                int asked = (leader + 1) % 3;
                long longest = 0;
                long killed = System.nanoTime();
                if (stop) {
                    members[leader].signal("STOP");
                } else {
                    members[leader].kill();
                }
                String answer;
                do {
                    long began = System.nanoTime();
                    answer = members[asked].ask("add 1");
                    longest = Math.max(longest, System.nanoTime() - began);
                    if (!answer.startsWith("sum")) {
                        java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                    }
                } while (!answer.startsWith("sum"));
                long millis = (System.nanoTime() - killed) / 1_000_000;
                times.add(millis);
                System.out.printf(
                        "round %d: %d ms, longest call %d ms, %s%n", round, millis, longest / 1_000_000, answer);
                sum = Long.parseLong(answer.substring(4));
                if (stop) {
                    members[leader].signal("CONT");
                } else {
                    members[leader].close();
                    members[leader] = new MemberProcess(folder, ids.get(leader), ids, ports, ports.get(leader));
                    long restarted = System.nanoTime();
                    members[leader].awaitStart();
                    System.out.printf("  restarted in %d ms%n", (System.nanoTime() - restarted) / 1_000_000);
                }
                String caught;
                do {
                    caught = members[leader].ask("barrier");
                } while (!caught.startsWith("sum"));
                if (Long.parseLong(caught.substring(4)) != sum) {
                    throw new AssertionError("restarted member has " + caught + ", expected " + sum);
                }
            }
        } finally {
            for (MemberProcess member : members) {
                member.close();
            }
        }
        Collections.sort(times);
        System.out.println("median " + times.get(times.size() / 2) + " ms of " + times);
    }

    private static long sum(MemberProcess member, long amount, long before) throws IOException {
        String answer = member.ask("add " + amount);
        if (!answer.startsWith("sum ")) {
            return before;
        }
        return Long.parseLong(answer.substring(4));
    }
}
