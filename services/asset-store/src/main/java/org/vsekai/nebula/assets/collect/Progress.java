package org.vsekai.nebula.assets.collect;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.vsekai.nebula.kit.transaction.ContentionException;

/** How far a run has come, for its row. Thread-safe but for {@link #step}, which one thread calls. */
final class Progress {
    private static final Duration BETWEEN_SAVES = Duration.ofSeconds(1);

    private static final int MAX_ATTEMPTS = 20;

    private final Runs runs;
    private final Run run;
    private final Turn turn;
    private final int maxReportLines;
    private final Map<String, Long> figures = new TreeMap<>();
    private final List<String> report = new ArrayList<>();
    private String phase = "starting";
    private long savedNanos = System.nanoTime();

    /** Takes up a run; of an earlier attempt's figures those stay that tell what was done, not what was found. */
    Progress(Runs runs, Run run, Turn turn, CollectConfig config) {
        this.runs = runs;
        this.run = run;
        this.turn = turn;
        this.maxReportLines = config.maxReportLines();
        run.figures().forEach((name, value) -> {
            if (name.endsWith("_swept") || name.endsWith("_repaired")) {
                figures.put(name, value);
            }
        });
    }

    Run run() {
        return run;
    }

    Turn turn() {
        return turn;
    }

    synchronized void enter(String name) {
        phase = name;
        savedNanos = System.nanoTime() - BETWEEN_SAVES.toNanos();
    }

    synchronized void add(String figure, long amount) {
        figures.merge(figure, amount, Long::sum);
    }

    synchronized void report(String line) {
        if (report.size() < maxReportLines) {
            report.add(line.replace('\n', ' '));
        }
    }

    synchronized void writeTo(RunRow row, Instant now) {
        row.phase = phase;
        row.set(figures, report);
        row.updatedAt = now;
    }

    /** Does a step of the run, see {@link Runs#step}, as often as it takes: the collector must not starve among publishers. */
    <T> T step(Supplier<Uni<T>> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return tryStep(work);
            } catch (ContentionException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** @throws ContentionException if others were in the way of every run of the transaction */
    <T> T tryStep(Supplier<Uni<T>> work) {
        long before = System.nanoTime();
        T done = runs.step(this, work);
        savedNanos = before;
        return done;
    }

    /** To be called often while the run goes on: writes down how far it has come, and stops a run that is to stop. */
    void tick() {
        if (Thread.currentThread().isInterrupted()) {
            throw new RunEndedException("the service stops");
        }
        if (System.nanoTime() - savedNanos > BETWEEN_SAVES.toNanos()) {
            Boolean unused = step(() -> Uni.createFrom().item(true));
        }
    }
}
