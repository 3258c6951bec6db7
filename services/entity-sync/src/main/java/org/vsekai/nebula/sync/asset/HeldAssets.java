package org.vsekai.nebula.sync.asset;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.vsekai.nebula.kit.fence.Fences;
import org.vsekai.nebula.kit.transaction.PoolTransactions;
import org.vsekai.nebula.sync.world.ZoneName;

/** Which assets a zone may have a reference to: written before it is made, and removed after it is gone. Thread-safe. */
@ApplicationScoped
class HeldAssets {
    private static final String READ = "SELECT asset FROM held_assets WHERE zone = $1";
    private static final String ADD =
            "INSERT INTO held_assets (zone, asset) SELECT $1::varchar, a.asset FROM unnest($2::uuid[]) AS a (asset)"
                    + " ON CONFLICT (zone, asset) DO NOTHING";
    private static final String REMOVE = "DELETE FROM held_assets WHERE zone = $1 AND asset = ANY($2::uuid[])";

    private final PoolTransactions transactions;

    HeldAssets(PoolTransactions transactions) {
        this.transactions = transactions;
    }

    boolean isConfigured() {
        return transactions.isConfigured();
    }

    Uni<Set<UUID>> read(ZoneName zone) {
        return transactions
                .inTransaction(connection -> connection.preparedQuery(READ).execute(Tuple.of(zone.toString())))
                .map(rows -> {
                    Set<UUID> assets = new HashSet<>();
                    for (Row row : rows) {
                        assets.add(row.getUUID(0));
                    }
                    return assets;
                });
    }

    /** Fails with {@link org.vsekai.nebula.kit.fence.FencedOutException} if the zone has a later owner, as does {@link #remove}. */
    Uni<Void> add(ZoneName zone, long epoch, Collection<UUID> assets) {
        return write(ADD, zone, epoch, assets);
    }

    Uni<Void> remove(ZoneName zone, long epoch, Collection<UUID> assets) {
        return write(REMOVE, zone, epoch, assets);
    }

    private Uni<Void> write(String statement, ZoneName zone, long epoch, Collection<UUID> assets) {
        return transactions.inTransaction(connection -> Fences.fence(connection, "zone/" + zone, epoch)
                .chain(() -> connection
                        .preparedQuery(statement)
                        .execute(Tuple.of(zone.toString(), assets.toArray(UUID[]::new))))
                .replaceWithVoid());
    }
}
