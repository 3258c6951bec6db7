package org.vsekai.nebula.assets.upload;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.storage.StoreConfig;

/** Forgets expired uploads from time to time. Any number of instances may do so at once. */
@ApplicationScoped
class UploadSweeper {
    private static final Logger LOG = Logger.getLogger(UploadSweeper.class);

    private final Uploads uploads;
    private final StoreConfig config;
    private @Nullable Cancellable timer;

    UploadSweeper(Uploads uploads, StoreConfig config) {
        if (!config.uploadSweepInterval().isPositive()) {
            throw new IllegalArgumentException(
                    "nebula.asset-store.upload-sweep-interval must be positive, not " + config.uploadSweepInterval());
        }
        this.uploads = uploads;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        timer = sweepEvery(config.uploadSweepInterval());
    }

    void stop(@Observes ShutdownEvent event) {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Sweeps until cancelled; a failed sweep is followed by the next all the same. */
    Cancellable sweepEvery(Duration interval) {
        return Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(interval)
                .chain(() -> sweep(interval))
                .repeat()
                .indefinitely()
                .subscribe()
                .with(ignored -> {}, failure -> LOG.error("Expired uploads are no longer removed", failure));
    }

    private Uni<Void> sweep(Duration interval) {
        return uploads.removeExpired()
                .invoke(removed -> {
                    if (removed > 0) {
                        LOG.infof("%d expired uploads removed", removed);
                    }
                })
                .replaceWithVoid()
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.warnf("Expired uploads could not be removed; the next try is in %s: %s", interval, failure);
                    return null;
                });
    }
}
