package org.vsekai.nebula.sync.zone;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.EndReason;
import org.vsekai.nebula.zones.Zone;
import org.vsekai.nebula.zones.ZoneStatistics;

/**
 * A zone and the thread that it belongs to: does what was asked since the last tick, steps, and waits for the next.
 *
 * <p>Ticks are due at fixed times. A step that ends after the next one's time is late, and the next begins at once; what lies more than
 * {@value #MOST_BEHIND} ticks back is skipped.
 *
 * <p>It ends at once ({@link #giveUp}, {@link #close}), or in good order: {@link #finish} ends the sessions, and then questions are
 * answered until it is closed. Thread-safe.
 */
final class ZoneThread implements RunningZone, AutoCloseable {
    /** How many frames and other requests may wait for a tick, of all sessions. */
    static final int MOST_WAITING = 1 << 17;

    private static final Logger LOG = Logger.getLogger(ZoneThread.class);
    private static final int MOST_BEHIND = 5;
    private static final long FAREWELL_SECONDS = 5;

    private static final long PAUSE_MILLIS = 10;

    /** @param ofSession is not done once the sessions have ended */
    private record Request(Consumer<Zone> work, Runnable gone, boolean ofSession) {}

    private final ZoneName name;
    private final Zone zone;
    private final int ticksToResume;
    private final StepTimes times;
    private final BlockingQueue<Request> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> quiet = new CompletableFuture<>();
    private volatile boolean finishing;
    private volatile @Nullable EndReason ending;

    ZoneThread(ZoneName name, Zone zone, int ticksToResume, StepTimes times) {
        this.name = name;
        this.zone = zone;
        this.ticksToResume = ticksToResume;
        this.times = times;
        thread = Thread.ofPlatform().name("zone-" + name).daemon().unstarted(this::run);
    }

    ZoneThread start() {
        thread.start();
        return this;
    }

    @Override
    public ZoneName name() {
        return name;
    }

    @Override
    public long epoch() {
        return zone.settings().epoch();
    }

    @Override
    public int ticksPerSecond() {
        return zone.settings().ticksPerSecond();
    }

    ZoneStatistics statistics() {
        return zone.statistics();
    }

    StepTimes times() {
        return times;
    }

    int ticksToResume() {
        return ticksToResume;
    }

    /**
     * Has the zone's thread do something for a session before its next step; false if too much waits, or the sessions have ended.
     *
     * @param gone what is done instead, on the zone's thread, if they end first
     */
    boolean offer(Consumer<Zone> work, Runnable gone) {
        return !finishing && offer(new Request(work, gone, true));
    }

    private boolean offer(Request request) {
        if (isEnding() || !waiting.offer(request)) {
            return false;
        }
        // Whoever comes while the zone ends may be too late to be found there.
        return !ended.isDone() || !waiting.remove(request);
    }

    /** Whether nothing is taken any more. */
    boolean isEnding() {
        return ending != null;
    }

    @Override
    public <T> CompletionStage<T> ask(Function<Zone, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable gone = () -> answer.completeExceptionally(new ZoneGoneException(name));
        if (!offer(new Request(asked -> answer.complete(question.apply(asked)), gone, false))) {
            gone.run();
        }
        return answer;
    }

    private void run() {
        try {
            tick();
            if (!isEnding()) {
                // What the sessions have sent so far counts, and they are told.
                doWaiting();
                zone.step(ticksToResume);
                zone.end(EndReason.ZONE_MOVED);
                quiet.complete(null);
                answer();
            }
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "The zone %s failed and is given up here", name);
            ending = EndReason.ZONE_MOVED;
        } finally {
            EndReason reason = ending;
            zone.end(reason == null ? EndReason.ZONE_MOVED : reason);
            quiet.complete(null);
            ended.complete(null);
            for (Request left = waiting.poll(); left != null; left = waiting.poll()) {
                left.gone.run();
            }
        }
    }

    private void tick() {
        long period = TimeUnit.SECONDS.toNanos(1) / zone.settings().ticksPerSecond();
        long due = System.nanoTime() + period;
        while (!isEnding() && !finishing) {
            long wait = due - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
                continue;
            }
            doWaiting();
            zone.step(ticksToResume);
            long took = System.nanoTime() - due;
            times.record(took, took > period);
            due += period;
            long behind = System.nanoTime() - due;
            if (behind > MOST_BEHIND * period) {
                long skipped = behind / period;
                times.countSkipped(skipped);
                due += skipped * period;
            }
        }
    }

    private void doWaiting() {
        Request request;
        // What comes while this runs waits for the next tick: a flood of frames must not hold up the step.
        for (int left = waiting.size(); left > 0 && (request = waiting.poll()) != null; left--) {
            request.work.accept(zone);
        }
    }

    /** Answers questions until the end. */
    private void answer() {
        while (!isEnding()) {
            try {
                Request request = waiting.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                if (request == null) {
                    continue;
                }
                if (request.ofSession) {
                    request.gone.run();
                } else {
                    request.work.accept(zone);
                }
            } catch (InterruptedException e) {
                // Nobody interrupts this thread but to end it.
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Ends every session once what it sent was done and told, and takes no other; questions are answered on. The answer comes when that is
     * so.
     */
    CompletionStage<Void> finish() {
        finishing = true;
        LockSupport.unpark(thread);
        return quiet;
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended;
    }

    @Override
    public void giveUp() {
        ending = EndReason.ZONE_MOVED;
        LockSupport.unpark(thread);
    }

    /** Ends every session and the thread; waits until that is done, though not for ever. */
    @Override
    public void close() {
        giveUp();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(FAREWELL_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
