package org.vsekai.nebula.ledger.consensus;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.ledger.log.LogOptions;

/**
 * A member in a process of its own, which is asked on its standard input, a line at a time: {@code add N}, {@code barrier}, {@code status},
 * and answers on its standard output.
 */
final class MemberProcess implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final Process process;
    private final BufferedReader out;

    /** @param ports of all members; the voters are as many as {@code voters} says */
    MemberProcess(
            Path folder, String id, List<String> voters, List<Integer> ports, int port, Optional<MemberConfig.Tls> tls)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MemberProcess.class.getName(),
                folder.resolve(id).toString(),
                id,
                String.join(",", voters),
                String.join(",", ports.stream().map(String::valueOf).toList()),
                String.valueOf(port)));
        tls.ifPresent(stores -> {
            command.add(stores.keyStore().toString());
            command.add(stores.trustStore().toString());
        });
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(folder.resolve(id + ".log").toFile());
        process = builder.start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    void awaitStart() throws IOException {
        String line = out.readLine();
        if (!"started".equals(line)) {
            throw new IllegalStateException("the member did not start: " + line);
        }
    }

    /** Asks and waits for the answer. */
    synchronized String ask(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        String answer = out.readLine();
        if (answer == null) {
            throw new IOException("the member is gone");
        }
        return answer;
    }

    void kill() {
        process.destroyForcibly();
    }

    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " failed");
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    public static void main(String[] arguments) throws Exception {
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        List<InetSocketAddress> hosts = Arrays.stream(arguments[3].split(","))
                .map(port -> new InetSocketAddress(loopback, Integer.parseInt(port)))
                .toList();
        MemberConfig config = MemberConfig.of(
                        arguments[1],
                        Path.of(arguments[0]),
                        new InetSocketAddress(loopback, Integer.parseInt(arguments[4])),
                        List.of(arguments[2].split(",")),
                        new MemberConfig.Discovery.Hosts(hosts))
                .withLog(LogOptions.DEFAULT.withSegmentBytes(4 << 20))
                .withSnapshotBytes(1 << 20);
        if (arguments.length > 5) {
            config = config.withTls(new MemberConfig.Tls(
                    Path.of(arguments[5]), Authority.PASSWORD, Path.of(arguments[6]), Authority.PASSWORD));
        }
        AddingMachine machine = new AddingMachine();
        try (Member member = Member.start(config, machine)) {
            System.out.println("started");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(answer(member, machine, line));
            }
        }
    }

    private static String answer(Member member, AddingMachine machine, String line) {
        try {
            if (line.startsWith("add ")) {
                long amount = Long.parseLong(line.substring(4));
                return "sum "
                        + AddingMachine.sum(member.propose(AddingMachine.add(amount), TIMEOUT)
                                .join());
            }
            return switch (line) {
                case "barrier" -> {
                    member.barrier(TIMEOUT).join();
                    yield "sum " + machine.sum();
                }
                case "status" ->
                    member.status().role() + " " + member.status().leader().orElse("-") + " "
                            + member.status().appliedIndex();
                default -> "what?";
            };
        } catch (CompletionException e) {
            return switch (e.getCause()) {
                case NotProposedException n -> "not proposed";
                case OutcomeUnknownException u -> "unknown";
                case null, default -> "failed " + e.getCause();
            };
        }
    }
}
