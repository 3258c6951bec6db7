package org.vsekai.nebula.ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One member in a JVM of its own, so that it can be killed and paused, driven by lines over its standard streams: a number, a
 * verb and words; the answer has the same number. Its standard error goes to a file beside its folder.
 *
 * <pre>
 * add REQUEST COUNTER DELTA MILLIS    ok VALUE | refused RESULT | unavailable WHY | unknown
 * get COUNTER MILLIS                  ok VALUE | unavailable WHY
 * stale COUNTER                       ok VALUE
 * flood COUNTER COMMANDS WIDTH        ok: so many adds of 1, so many at a time; each answered
 * status                              ok ROLE LEADER COMMIT APPLIED SNAPSHOT LAST
 * snapshot | join ID | leave ID       ok
 * heap                                ok BYTES: used after a collection
 * </pre>
 */
public final class LedgerProcess implements AutoCloseable {
    /** Where a member is. */
    public record Place(String id, int port, Path folder) {}

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Place place;
    private final Process process;
    private final Path log;
    private final PrintWriter in;
    private final AtomicLong calls = new AtomicLong();
    private final Map<Long, CompletableFuture<String>> answers = new ConcurrentHashMap<>();

    private LedgerProcess(Place place, Process process, Path log) {
        this.place = place;
        this.process = process;
        this.log = log;
        this.in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        Thread.ofVirtual().start(this::readAnswers);
    }

    /**
     * Starts a member; it need not be ready.
     *
     * @param members where the group's first members are
     * @param options for the JVM, as {@code -Xmx96m} or {@code -Dledger.batch=1}
     */
    public static LedgerProcess start(Place place, List<Place> members, String... options) throws IOException {
        Path log = place.folder().resolveSibling(place.folder().getFileName() + ".log");
        Files.createDirectories(place.folder());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Djava.net.preferIPv4Stack=true"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                LedgerProcess.class.getName(),
                place.id(),
                String.valueOf(place.port()),
                place.folder().toString()));
        members.forEach(member -> command.add(member.id() + "=" + member.port()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new LedgerProcess(place, process, log);
    }

    public Place place() {
        return place;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What the process wrote to its standard error, by all its runs. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a line; the answer fails when the process ends first. */
    public CompletableFuture<String> call(Object... words) {
        long number = calls.incrementAndGet();
        CompletableFuture<String> answer = new CompletableFuture<>();
        answers.put(number, answer);
        StringBuilder line = new StringBuilder().append(number);
        for (Object word : words) {
            line.append(' ').append(word);
        }
        synchronized (in) {
            in.println(line);
        }
        if (!process.isAlive()) {
            failAll();
        }
        return answer;
    }

    /** Sends a line and waits for its answer. */
    public String ask(Object... words) {
        return call(words).orTimeout(150, TimeUnit.SECONDS).join();
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGSTOP. */
    public void pause() throws Exception {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() throws Exception {
        signal("CONT");
    }

    /** The process ends by itself, and tells with which code. */
    public int awaitExit(Duration timeout) throws InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("member %s still runs after %s".formatted(place.id(), timeout));
        }
        return process.exitValue();
    }

    /** Stops it in order, or by force when that takes too long. */
    @Override
    public void close() {
        synchronized (in) {
            in.close();
        }
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    private void signal(String name) throws Exception {
        int exit = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
        if (exit != 0) {
            throw new AssertionError("kill -%s %d: %d".formatted(name, process.pid(), exit));
        }
    }

    private void readAnswers() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                int space = line.indexOf(' ');
                CompletableFuture<String> answer = answers.remove(Long.parseLong(line.substring(0, space)));
                answer.complete(line.substring(space + 1));
            }
        } catch (IOException e) {
            // The process ended; its exit says so below.
        }
        process.onExit().join();
        failAll();
    }

    private void failAll() {
        for (Long number : answers.keySet()) {
            CompletableFuture<String> answer = answers.remove(number);
            if (answer != null) {
                answer.completeExceptionally(new IOException("member " + place.id() + " has ended"));
            }
        }
    }

    /** The member itself. */
    public static void main(String[] arguments) throws Exception {
        List<Place> members = new ArrayList<>();
        for (String member : List.of(arguments).subList(3, arguments.length)) {
            String[] parts = member.split("=");
            members.add(new Place(parts[0], Integer.parseInt(parts[1]), Path.of(arguments[2])));
        }
        Place place = new Place(arguments[0], Integer.parseInt(arguments[1]), Path.of(arguments[2]));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        LedgerLimits limits = LedgerLimits.DEFAULT.withRequests(Integer.getInteger("ledger.requests", 500_000));
        try (Ledger ledger = Ledger.open(MemberPlaces.config(place, members), limits);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                answer(ledger, words).whenComplete((answer, failure) -> {
                    synchronized (out) {
                        out.println(words[0] + " " + (failure == null ? answer : said(failure)));
                    }
                });
            }
        } catch (Throwable e) {
            System.getLogger("member").log(System.Logger.Level.ERROR, "the member failed", e);
            System.exit(1);
        }
        System.exit(0);
    }

    private static CompletionStage<String> answer(Ledger ledger, String[] words) {
        return switch (words[1]) {
            case "add" ->
                ledger.execute(
                                RequestId.parse(words[2]),
                                new Command.AddToCounter(words[3], Long.parseLong(words[4])),
                                Duration.ofMillis(Long.parseLong(words[5])))
                        .thenApply(result -> result instanceof Result.CounterValue value
                                ? "ok " + value.value()
                                : "refused " + result);
            case "get" ->
                ledger.read(
                        Consistency.LINEARIZABLE,
                        Duration.ofMillis(Long.parseLong(words[3])),
                        view -> "ok " + view.counter(words[2]));
            case "stale" -> ledger.read(Consistency.STALE, LONG, view -> "ok " + view.counter(words[2]));
            case "flood" -> flood(ledger, words[2], Integer.parseInt(words[3]), Integer.parseInt(words[4]));
            case "status" -> CompletableFuture.completedFuture(MemberPlaces.status(ledger));
            case "snapshot" -> ledger.snapshot().thenApply(done -> "ok");
            case "join" -> ledger.addMember(words[2]).thenApply(done -> "ok");
            case "leave" -> ledger.removeMember(words[2]).thenApply(done -> "ok");
            case "heap" -> {
                System.gc();
                yield CompletableFuture.completedFuture("ok "
                        + (Runtime.getRuntime().totalMemory()
                                - Runtime.getRuntime().freeMemory()));
            }
            default -> CompletableFuture.failedFuture(new IllegalArgumentException(words[1]));
        };
    }

    private static CompletionStage<String> flood(Ledger ledger, String counter, int commands, int width) {
        CompletableFuture<String> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            Semaphore free = new Semaphore(width);
            for (int i = 0; i < commands && !done.isDone(); i++) {
                free.acquireUninterruptibly();
                ledger.execute(RequestId.random(), new Command.AddToCounter(counter, 1), LONG)
                        .whenComplete((result, failure) -> {
                            free.release();
                            if (failure != null) {
                                done.completeExceptionally(failure);
                            } else if (!(result instanceof Result.CounterValue)) {
                                done.complete("refused " + result);
                            }
                        });
            }
            free.acquireUninterruptibly(width);
            done.complete("ok");
        });
        return done;
    }

    private static String said(Throwable failure) {
        Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case LedgerOutcomeUnknownException e -> "unknown";
            case LedgerUnavailableException e -> "unavailable " + e.getMessage();
            default -> "failed " + cause;
        };
    }
}
