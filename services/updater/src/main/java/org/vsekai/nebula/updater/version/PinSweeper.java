package org.vsekai.nebula.updater.version;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.ledger.LedgerClient;
import org.vsekai.nebula.kit.ledger.LedgerIntent;
import org.vsekai.nebula.kit.ledger.ReadConsistency;
import org.vsekai.nebula.updater.assets.AssetStoreClient;
import org.vsekai.nebula.updater.assets.Pin;

/**
 * Brings asset-store's pins in line with the versions that exist, where no intent did: pins from before there were intents, and
 * those that a writer made which woke up after it had been given up. A pin whose version does not exist is dropped, and a
 * pending one whose version does exist is confirmed. Pins younger than the grace time are left alone, and so are those that a
 * pending intent owns and those whose owner is no version's id.
 *
 * <p>Any number of updaters may sweep at once: every step may be repeated.
 */
@ApplicationScoped
class PinSweeper {
    private static final Logger LOG = Logger.getLogger(PinSweeper.class);

    /** @param dropped pins @param confirmed pins */
    record Swept(long dropped, long confirmed) {
        static final Swept NOTHING = new Swept(0, 0);

        Swept plus(Swept other) {
            return new Swept(dropped + other.dropped, confirmed + other.confirmed);
        }
    }

    private final Versions versions;
    private final AssetStoreClient assets;
    private final LedgerClient ledger;
    private final SweepConfig config;
    private final Clock clock;
    private @Nullable Cancellable timer;

    PinSweeper(
            Versions versions,
            AssetStoreClient assets,
            LedgerClient ledger,
            SweepConfig config,
            PublishConfig publishing,
            Clock clock) {
        if (config.grace().compareTo(publishing.deadline().multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("nebula.updater.sweep.grace (" + config.grace()
                    + ") must be at least twice nebula.updater.publish.deadline (" + publishing.deadline()
                    + "), or the pins of versions in the making would be dropped");
        }
        this.versions = versions;
        this.assets = assets;
        this.ledger = ledger;
        this.config = config;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        timer = Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(config.interval())
                .chain(this::sweepAndReport)
                .repeat()
                .indefinitely()
                .subscribe()
                .with(ignored -> {}, failure -> LOG.error("Pins are no longer swept", failure));
    }

    void stop(@Observes ShutdownEvent event) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private Uni<Void> sweepAndReport() {
        return sweep().invoke(swept -> {
                    if (!swept.equals(Swept.NOTHING)) {
                        LOG.infof("Pins swept: %d dropped, %d confirmed", swept.dropped(), swept.confirmed());
                    }
                })
                .replaceWithVoid()
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.warnf("Pins could not be swept; the next try is in %s: %s", config.interval(), failure);
                    return null;
                });
    }

    /** Goes once through all pins older than the grace time. */
    Uni<Swept> sweep() {
        return sweepFrom("", clock.instant().minus(config.grace()), Swept.NOTHING);
    }

    private Uni<Swept> sweepFrom(String page, Instant before, Swept sofar) {
        return assets.listPins(before, page).flatMap(part -> settle(part.pins())
                .map(sofar::plus)
                .flatMap(swept ->
                        part.next().isEmpty() ? Uni.createFrom().item(swept) : sweepFrom(part.next(), before, swept)));
    }

    private Uni<Swept> settle(List<Pin> pins) {
        List<UUID> owners = new ArrayList<>();
        pins.forEach(pin -> versionId(pin).ifPresent(owners::add));
        if (owners.isEmpty()) {
            return Uni.createFrom().item(Swept.NOTHING);
        }
        // Only a first look, which spares most pins the others: what is missing now may have come since.
        return versions.existing(owners).flatMap(existing -> Multi.createFrom()
                .iterable(pins)
                .onItem()
                .transformToUniAndConcatenate(pin -> settle(pin, existing))
                .collect()
                .in(() -> new Swept[] {Swept.NOTHING}, (sum, swept) -> sum[0] = sum[0].plus(swept))
                .map(sum -> sum[0]));
    }

    private Uni<Swept> settle(Pin pin, Set<UUID> existing) {
        Optional<UUID> owner = versionId(pin);
        if (owner.isEmpty()) {
            return Uni.createFrom().item(Swept.NOTHING);
        }
        UUID id = owner.get();
        if (existing.contains(id)) {
            return confirm(pin, id);
        }
        // The intent before the version: once it is not pending, nothing adds the version any more.
        return ledger.findIntent(id, ReadConsistency.LINEARIZABLE)
                .flatMap(intent -> intent.filter(found -> found.state() == LedgerIntent.State.PENDING)
                                .isPresent()
                        ? Uni.createFrom().item(Swept.NOTHING)
                        : versions.existing(List.of(id))
                                .flatMap(found -> found.isEmpty()
                                        ? assets.unpin(id).replaceWith(new Swept(1, 0))
                                        : confirm(pin, id)));
    }

    private Uni<Swept> confirm(Pin pin, UUID version) {
        return pin.confirmed()
                ? Uni.createFrom().item(Swept.NOTHING)
                : assets.confirmPin(version).replaceWith(new Swept(0, 1));
    }

    private static Optional<UUID> versionId(Pin pin) {
        try {
            UUID id = UUID.fromString(pin.owner());
            // fromString also takes shortened forms, which no version has.
            return id.toString().equals(pin.owner()) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
