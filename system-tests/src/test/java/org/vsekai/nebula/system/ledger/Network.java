package org.vsekai.nebula.system.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace per member, joined by a bridge, in which any direction between any two can be cut: the sender is given
 * a false hardware address for the receiver, and what it sends is lost without a word, as on a broken line. What members and
 * the clients outside say to one another is left alone.
 *
 * <p>To be used within {@link Sandbox}, whose end takes all of it away.
 */
final class Network {
    private static final String OUTSIDE = "10.77.0.254";
    private static final String NOBODY = "02:00:00:00:00:fe";

    private final int members;

    Network(int members) throws IOException, InterruptedException {
        this.members = members;
        ip("link set lo up");
        ip("link add ledger type bridge");
        ip("addr add " + OUTSIDE + "/24 dev ledger");
        ip("link set ledger up");
        for (int member = 0; member < members; member++) {
            String space = space(member);
            ip("netns add " + space);
            ip("link add line-" + member + " type veth peer name eth0 netns " + space);
            ip("link set line-" + member + " master ledger up");
            ip("-n " + space + " addr add " + host(member) + "/24 dev eth0");
            ip("-n " + space + " link set eth0 up");
            ip("-n " + space + " link set lo up");
        }
    }

    String host(int member) {
        return "10.77.0." + (member + 1);
    }

    /** The command run within the member's namespace; its process is the command itself. */
    List<String> within(int member, List<String> command) {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", space(member)));
        inside.addAll(command);
        return inside;
    }

    /** Loses what {@code from} sends to {@code to} from now on; the other direction stays. */
    void cut(int from, int to) throws IOException, InterruptedException {
        ip("-n " + space(from) + " neigh replace " + host(to) + " lladdr " + NOBODY + " nud permanent dev eth0");
    }

    void cutBoth(int one, int other) throws IOException, InterruptedException {
        cut(one, other);
        cut(other, one);
    }

    /** Mends every line. */
    void mend() throws IOException, InterruptedException {
        for (int member = 0; member < members; member++) {
            ip("-n " + space(member) + " neigh flush nud permanent dev eth0");
        }
    }

    private static String space(int member) {
        return "member-" + member;
    }

    private static void ip(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
    }
}
