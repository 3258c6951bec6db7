package org.vsekai.nebula.assets.statistics;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.pin.Pin;
import org.vsekai.nebula.assets.pin.Pins;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.assets.upload.Uploads;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.store.ManagedStore.StoredChunk;
import org.vsekai.nebula.kit.transaction.Transactions;
import org.vsekai.nebula.stores.StoredObject;

/** Counts files in the background, because there may be millions, and rows when asked. Thread-safe. */
@ApplicationScoped
public class StatisticsReader {
    private static final Logger LOG = Logger.getLogger(StatisticsReader.class);

    private record Count(
            long chunks,
            long bytes,
            long manifests,
            @Nullable Instant at) {}

    private final StoreFolder store;
    private final StoreConfig config;
    private final Transactions transactions;
    private final Indexes indexes;
    private final Pins pins;
    private final Uploads uploads;
    private final Clock clock;
    private final AtomicBoolean counting = new AtomicBoolean();
    private volatile Count count = new Count(0, 0, 0, null);

    StatisticsReader(
            StoreFolder store,
            StoreConfig config,
            Transactions transactions,
            Indexes indexes,
            Pins pins,
            Uploads uploads,
            Clock clock) {
        this.store = store;
        this.config = config;
        this.transactions = transactions;
        this.indexes = indexes;
        this.pins = pins;
        this.uploads = uploads;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event, Vertx vertx) {
        countInBackground(vertx);
        vertx.setPeriodic(config.countInterval().toMillis(), timer -> countInBackground(vertx));
    }

    private void countInBackground(Vertx vertx) {
        if (counting.compareAndSet(false, true)) {
            vertx.executeBlocking(this::count, false).onComplete(counted -> counting.set(false));
        }
    }

    private @Nullable Void count() {
        try (Stream<StoredChunk> chunks = store.chunks().list()) {
            long number = 0;
            long bytes = 0;
            for (Iterator<StoredChunk> each = chunks.iterator(); each.hasNext(); number++) {
                bytes += each.next().storedBytes();
            }
            count = new Count(number, bytes, manifests(), clock.instant());
        } catch (UncheckedIOException | StoreUnavailableException e) {
            LOG.warnf("The store could not be counted: %s", e.getMessage());
        }
        return null;
    }

    private long manifests() {
        try (Stream<StoredObject> manifests = store.objects().list(StoreFolder.MANIFESTS)) {
            return manifests.count();
        }
    }

    public Uni<Statistics> read() {
        return transactions.inTransaction(() -> indexes.count()
                .flatMap(indexCount -> pins.count(Pin.State.PENDING).flatMap(pending -> pins.count(Pin.State.CONFIRMED)
                        .flatMap(confirmed -> uploads.countOpen().map(open -> {
                            Count files = count;
                            return new Statistics(
                                    files.chunks(),
                                    files.bytes(),
                                    indexCount,
                                    files.manifests(),
                                    pending,
                                    confirmed,
                                    open,
                                    files.at());
                        })))));
    }
}
