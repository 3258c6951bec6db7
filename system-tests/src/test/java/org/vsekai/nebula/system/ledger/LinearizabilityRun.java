package org.vsekai.nebula.system.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.vsekai.nebula.system.ledger.History.Counts;
import org.vsekai.nebula.system.ledger.Nemesis.Fault;
import org.vsekai.nebula.system.ledger.Nemesis.Tally;
import org.vsekai.nebula.system.ledger.Workload.Weakness;

/**
 * Program of {@link LinearizabilityIT}, run within {@link Sandbox}: starts three members, has them used and harmed, has the
 * history judged, and then does so again with clients that are known to be wrong, which the judge must find.
 *
 * <p>Arguments: root of the checkout, the judge, a folder for everything that is written, how many seconds at least, the seed.
 */
final class LinearizabilityRun {
    private static final int MEMBERS = 3;
    private static final int CLIENTS = 32;
    private static final long LEAST_OPERATIONS = 10_000;
    private static final double LEAST_KNOWN_SHARE = 0.9;
    private static final int CONTROL_ATTEMPTS = 3;
    private static final Duration JUDGE_PATIENCE = Duration.ofMinutes(5);
    private static final Pattern VERDICT = Pattern.compile("verdict=(ok|illegal|unknown)");
    /** With these, entries reach the log whose acknowledgement reaches nobody. */
    private static final List<Fault> FAULTS_OF_CONTROLS =
            List.of(Fault.DEAFEN_LEADER, Fault.ISOLATE_FOLLOWER, Fault.KILL_LEADER);

    private final Path judge;
    private final Path folder;
    private final Network network;
    private final Cluster cluster;
    private final LedgerDriver driver;

    private LinearizabilityRun(Path judge, Path folder, Network network, Cluster cluster, LedgerDriver driver) {
        this.judge = judge;
        this.folder = folder;
        this.network = network;
        this.cluster = cluster;
        this.driver = driver;
    }

    public static void main(String[] arguments) throws Exception {
        exitWithStandardInput();
        Path root = Path.of(arguments[0]);
        Path folder = Files.createDirectories(Path.of(arguments[2]));
        long seconds = Long.parseLong(arguments[3]);
        long seed = Long.parseLong(arguments[4]);
        Network network = new Network(MEMBERS);
        EntitySyncPrograms programs = new EntitySyncPrograms(root, folder, network, MEMBERS);
        try (Cluster cluster = new Cluster(network, MEMBERS, programs::of, folder);
                GrpcDriver driver = new GrpcDriver(
                        IntStream.range(0, MEMBERS)
                                .mapToObj(programs::grpcAddress)
                                .toList(),
                        EntitySyncPrograms.TOKEN)) {
            new LinearizabilityRun(Path.of(arguments[1]), folder, network, cluster, driver).all(seconds, seed);
        }
        System.exit(0);
    }

    /** Whoever started us holds the other end; when it is gone, everything here shall go. */
    private static void exitWithStandardInput() {
        Thread.ofPlatform().daemon().name("parent").start(() -> {
            try {
                while (System.in.read() >= 0) {
                    continue;
                }
            } catch (IOException e) {
                System.err.println("standard input: " + e.getMessage());
            }
            Runtime.getRuntime().halt(1);
        });
    }

    private void all(long seconds, long seed) throws IOException, InterruptedException {
        Trial sound = new Trial(Weakness.NONE, seed);
        sound.run(() -> sound.strikeFor(Duration.ofSeconds(seconds)));
        Counts counts = sound.history.counts();
        if (!sound.verdict.equals("ok")) {
            throw new IllegalStateException("the verdict is " + sound.verdict + ", not ok; seed " + seed);
        }
        if (counts.operations() < LEAST_OPERATIONS || counts.knownShare() < LEAST_KNOWN_SHARE) {
            throw new IllegalStateException("too little is known to judge by: " + counts);
        }
        for (Weakness weakness : List.of(Weakness.STALE_READS, Weakness.NO_DEDUPLICATION)) {
            control(weakness, seed);
        }
    }

    private void control(Weakness weakness, long seed) throws IOException, InterruptedException {
        for (int attempt = 1; attempt <= CONTROL_ATTEMPTS; attempt++) {
            Trial trial = new Trial(weakness, seed + attempt);
            trial.run(() -> trial.strikeThrough(FAULTS_OF_CONTROLS));
            if (trial.verdict.equals("illegal")) {
                return;
            }
        }
        throw new IllegalStateException(weakness + " was not noticed in " + CONTROL_ATTEMPTS + " runs; seed " + seed);
    }

    private interface Harm {
        void go() throws IOException, InterruptedException;
    }

    /** One history and what became of it. */
    private final class Trial {
        private final Weakness weakness;
        private final long seed;
        private final History history;
        private final Nemesis nemesis;
        private String verdict = "none";
        private String judgement = "";

        Trial(Weakness weakness, long seed) throws IOException {
            this.weakness = weakness;
            this.seed = seed;
            this.history = new History(folder.resolve(weakness + "-" + seed + ".jsonl"));
            this.nemesis = new Nemesis(cluster, network, driver, history, seed);
        }

        /** What went on is judged and printed also if the cluster did not recover from it. */
        void run(Harm harm) throws IOException, InterruptedException {
            try (Workload workload = workload()) {
                nemesis.awaitSound("the start");
                harm.go();
                workload.finish();
            } finally {
                judge();
                print();
            }
        }

        /** At least so long, and until every fault was there once and there are enough operations. */
        void strikeFor(Duration least) throws IOException, InterruptedException {
            while (history.now() < least.toNanos()
                    || nemesis.tallies().size() < Fault.values().length
                    || history.counts().operations() < LEAST_OPERATIONS) {
                nemesis.strike();
            }
        }

        void strikeThrough(List<Fault> faults) throws IOException, InterruptedException {
            for (Fault fault : faults) {
                nemesis.strike(fault);
            }
        }

        private Workload workload() {
            nemesis.awaitLeader("the start");
            System.out.printf("%n%s, seed %d: all answer after %.1f s%n", weakness, seed, history.now() / 1e9);
            return new Workload(
                    driver,
                    history,
                    weakness,
                    MEMBERS,
                    CLIENTS,
                    weakness.name().toLowerCase(Locale.ROOT) + "-" + seed,
                    // Its own for each kind of client: no request id may come again within the window.
                    Workload.random(31 * seed + weakness.ordinal()));
        }

        private void judge() throws IOException, InterruptedException {
            history.close();
            List<String> command = new ArrayList<>(List.of(judge.toString(), "-timeout", "60s", "-report"));
            command.add(folder.resolve("report-" + weakness).toString());
            command.add(history.file().toString());
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            judgement = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(JUDGE_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the judge did not come to an end");
            }
            Matcher matcher = VERDICT.matcher(judgement);
            if (!matcher.find()) {
                throw new IllegalStateException("the judge failed: " + judgement);
            }
            verdict = matcher.group(1);
        }

        private void print() {
            Counts counts = history.counts();
            System.out.printf("%n%-18s %5s  %s%n", "fault", "times", "longest silence");
            for (Map.Entry<Fault, Tally> entry : nemesis.tallies().entrySet()) {
                Tally tally = entry.getValue();
                System.out.printf(
                        "%-18s %5d  %,d ms%n",
                        entry.getKey(), tally.times(), tally.longestSilence().toMillis());
            }
            System.out.printf(
                    "clients=%s seed=%d seconds=%.0f operations=%d known=%d (%.2f %%) refused=%d unknown=%d"
                            + " attempts=%d%n",
                    weakness,
                    seed,
                    history.now() / 1e9,
                    counts.operations(),
                    counts.known(),
                    100 * counts.knownShare(),
                    counts.notDone(),
                    counts.unknown(),
                    counts.attempts());
            System.out.println("attempts that failed: " + counts.reasons());
            // What is wrong with the history of a wrong client is in the report, and of no interest.
            System.out.print(
                    weakness == Weakness.NONE ? judgement : judgement.substring(judgement.indexOf("operations=")));
        }
    }
}
