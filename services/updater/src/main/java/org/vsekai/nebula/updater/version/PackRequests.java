package org.vsekai.nebula.updater.version;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.transaction.Transactions;
import org.vsekai.nebula.updater.assets.AssetStoreClient;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.assets.PackTarget;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.Modes;

/**
 * Has asset-store make packs of a mode's highest versions, each whole and as a delta from those before it, and drop those
 * of the others. The whole wish is said each time, so that a lost request is made good by the next; players can do without
 * packs meanwhile. Thread-safe.
 */
@ApplicationScoped
class PackRequests {
    private static final Logger LOG = Logger.getLogger(PackRequests.class);
    private static final int MAX_PACKED = 10;

    private final Modes modes;
    private final VersionRepository versions;
    private final AssetStoreClient assets;
    private final Transactions transactions;
    private final int packed;

    PackRequests(
            Modes modes,
            VersionRepository versions,
            AssetStoreClient assets,
            Transactions transactions,
            PublishConfig config) {
        if (config.packedVersions() < 0 || config.packedVersions() > MAX_PACKED) {
            throw new IllegalArgumentException("nebula.updater.publish.packed-versions must be 0 to %d, not %d"
                    .formatted(MAX_PACKED, config.packedVersions()));
        }
        this.modes = modes;
        this.versions = versions;
        this.assets = assets;
        this.transactions = transactions;
        this.packed = config.packedVersions();
    }

    private record Wish(UUID mode, List<IndexName> indexes) {}

    /** Begins to say it, and returns: nothing waits for packs. */
    void send(ModeName mode) {
        read(mode)
                .chain(wish -> assets.setPacks(wish.mode, targets(wish.indexes)))
                .subscribe()
                .with(
                        ignored -> {},
                        failure -> LOG.warnf(
                                "The packs of mode %s are asked for with its next version: %s", mode, failure));
    }

    private Uni<Wish> read(ModeName mode) {
        PageRequest highest = new PageRequest(Math.max(1, 2 * packed), Optional.empty());
        return transactions.inTransaction(
                () -> modes.find(mode).chain(found -> versions.page(found.id(), highest, Optional.empty())
                        .map(rows -> new Wish(
                                found.id(),
                                rows.stream()
                                        .map(row -> new IndexName(row.indexName))
                                        .distinct()
                                        .toList()))));
    }

    private List<PackTarget> targets(List<IndexName> highestFirst) {
        List<PackTarget> targets = new ArrayList<>();
        for (int i = 0; i < Math.min(packed, highestFirst.size()); i++) {
            int end = Math.min(i + 1 + packed, highestFirst.size());
            targets.add(new PackTarget(highestFirst.get(i), highestFirst.subList(i + 1, end)));
        }
        return targets;
    }
}
