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
 * {@value #MOST_BEHIND} ticks back is skipped. Public methods are thread-safe.
 */
final class ZoneThread implements AutoCloseable {
    /** How many frames and other requests may wait for a tick, of all sessions. */
    static final int MOST_WAITING = 1 << 17;

    private static final Logger LOG = Logger.getLogger(ZoneThread.class);
    private static final int MOST_BEHIND = 5;
    private static final long FAREWELL_SECONDS = 5;

    private record Request(Consumer<Zone> work, Runnable gone) {}

    private final ZoneName name;
    private final Zone zone;
    private final int ticksToResume;
    private final StepTimes times;
    private final BlockingQueue<Request> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
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

    ZoneName name() {
        return name;
    }

    long epoch() {
        return zone.settings().epoch();
    }

    int ticksPerSecond() {
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
     * Has the zone's thread do something before its next step; false if too much waits, or the zone has ended.
     *
     * @param gone what is done instead, on the zone's thread, if the zone ends first
     */
    boolean offer(Consumer<Zone> work, Runnable gone) {
        Request request = new Request(work, gone);
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

    /** Asks the zone's thread; fails with {@link ZoneGoneException} where the zone ends first, or too much waits. */
    <T> CompletionStage<T> ask(Function<Zone, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable gone = () -> answer.completeExceptionally(new ZoneGoneException(name));
        if (!offer(asked -> answer.complete(question.apply(asked)), gone)) {
            gone.run();
        }
        return answer;
    }

    private void run() {
        long period = TimeUnit.SECONDS.toNanos(1) / zone.settings().ticksPerSecond();
        long due = System.nanoTime() + period;
        try {
            while (!isEnding()) {
                long wait = due - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                    continue;
                }
                Request request;
                // What comes while this runs waits for the next tick: a flood of frames must not hold up the step.
                for (int left = waiting.size(); left > 0 && (request = waiting.poll()) != null; left--) {
                    request.work.accept(zone);
                }
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
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "The zone %s failed and is given up here", name);
            ending = EndReason.ZONE_MOVED;
        } finally {
            EndReason reason = ending;
            zone.end(reason == null ? EndReason.ZONE_MOVED : reason);
            ended.complete(null);
            for (Request left = waiting.poll(); left != null; left = waiting.poll()) {
                left.gone.run();
            }
        }
    }

    /** When the zone does nothing any more, whyever. */
    CompletionStage<Void> ended() {
        return ended;
    }

    /** Ends every session and the thread; waits until that is done, though not for ever. */
    @Override
    public void close() {
        ending = EndReason.ZONE_MOVED;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(FAREWELL_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
