package org.vsekai.nebula.sync.zone;

import io.quarkus.arc.All;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jboss.logging.Logger;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.Zone;

/** All tiers that this node has, in their order. Thread-safe. */
@ApplicationScoped
class ZoneTiers {
    private static final Logger LOG = Logger.getLogger(ZoneTiers.class);

    private final List<ZoneTier> tiers;

    ZoneTiers(@All List<ZoneTier> tiers) {
        this.tiers = tiers.stream()
                .filter(ZoneTier::isOn)
                .sorted(Comparator.comparingInt(ZoneTier::order))
                .toList();
    }

    /**
     * Blocks.
     *
     * @throws TimeoutException if it takes longer than {@code patience}
     */
    LoadedRound load(ZoneName name, Zone zone, Duration patience) {
        long endNanos = System.nanoTime() + patience.toNanos();
        zone.promises(has(ZoneTier.MEMORY), has(ZoneTier.DATABASE));
        LoadedRound loaded = LoadedRound.NONE;
        for (ZoneTier tier : tiers) {
            long leftNanos = Math.max(1, endNanos - System.nanoTime());
            loaded = tier.load(name, zone, loaded).await().atMost(Duration.ofNanos(leftNanos));
        }
        return loaded;
    }

    private boolean has(int order) {
        return tiers.stream().anyMatch(tier -> tier.order() == order && tier.isPromising());
    }

    void start(RunningZone zone) {
        tiers.forEach(tier -> tier.start(zone));
    }

    /** Each, whatever becomes of the others; does not fail. */
    Uni<Void> finish(RunningZone zone) {
        Uni<Void> finished = Uni.createFrom().voidItem();
        for (ZoneTier tier : tiers) {
            finished = finished.chain(() -> tier.finish(zone)).onFailure().recoverWithUni(failure -> {
                LOG.errorf(
                        failure,
                        "What is left of the zone %s, epoch %d, could not be written by %s",
                        zone.name(),
                        zone.epoch(),
                        tier.getClass().getSimpleName());
                return Uni.createFrom().voidItem();
            });
        }
        return finished;
    }

    void stop(RunningZone zone) {
        tiers.forEach(tier -> tier.stop(zone));
    }
}
