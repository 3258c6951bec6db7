package org.vsekai.nebula.assets.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.assets.StoreResource;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.kit.transaction.Transactions;

/** The timer of {@link UploadSweeper}, on uploads of its own that see another time than the service's. */
@QuarkusTest
@QuarkusTestResource(StoreResource.class)
class UploadSweeperIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Inject
    Transactions transactions;

    @Inject
    Uploads.Rows rows;

    @Inject
    Uploads.ChunksRows chunks;

    @Inject
    Uploads.IndexRows indexes;

    @Inject
    Condemned condemned;

    @Inject
    StoreConfig config;

    @Inject
    Clock clock;

    @Test
    void expiredUploadsAndWhatTheyProtectedGoByThemselvesAndOpenOnesStay() throws Exception {
        Clock past = Clock.offset(clock, config.uploadExpiry().multipliedBy(-2));
        UUID expired = open(past);
        UUID alive = open(clock);

        Cancellable timer = new UploadSweeper(uploads(clock), config).sweepEvery(Duration.ofMillis(50));
        try {
            awaitRemoval(expired);
            // The timer goes on after a sweep that found something.
            awaitRemoval(open(past));
        } finally {
            timer.cancel();
        }
        assertThat(count("SELECT count(*) FROM asset_store.upload_chunks WHERE upload_id = ?", expired))
                .isZero();
        assertThat(count("SELECT count(*) FROM asset_store.upload_chunks WHERE upload_id = ?", alive))
                .isOne();
        uploads(clock).close(alive).await().atMost(PATIENCE);
    }

    private Uploads uploads(Clock at) {
        return new Uploads(transactions, rows, chunks, indexes, condemned, config, at);
    }

    /** Opens an upload that protects one chunk. */
    private UUID open(Clock at) {
        Uploads uploads = uploads(at);
        UUID id = uploads.open().await().atMost(PATIENCE).id();
        uploads.protect(id, new byte[32]);
        return id;
    }

    private static void awaitRemoval(UUID upload) throws SQLException {
        Instant end = Instant.now().plus(PATIENCE);
        while (count("SELECT count(*) FROM asset_store.uploads WHERE id = ?", upload) > 0) {
            assertThat(Instant.now()).as("upload " + upload + " is still there").isBefore(end);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static long count(String query, UUID upload) throws SQLException {
        try (Connection connection = NebulaDatabase.connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setObject(1, upload);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }
}
