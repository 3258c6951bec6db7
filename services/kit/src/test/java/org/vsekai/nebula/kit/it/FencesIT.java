package org.vsekai.nebula.kit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.fence.FencedOutException;
import org.vsekai.nebula.kit.fence.Fences;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.kit.transaction.Transactions;

@QuarkusTest
@QuarkusTestResource(KitDatabase.class)
class FencesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    Fences fences;

    @Inject
    Transactions transactions;

    @Test
    void aLaterWriterKeepsAnEarlierOneOut() throws SQLException {
        prepare("later");
        write("later", 7);
        write("later", 7);
        write("later", 9);
        assertThatThrownBy(() -> write("later", 8)).isInstanceOfSatisfying(FencedOutException.class, e -> {
            assertThat(e.resource()).isEqualTo("later");
            assertThat(e.token()).isEqualTo(8);
        });
        assertThat(token("later")).isEqualTo(9);
    }

    @Test
    void aWriterWithoutARowIsOut() {
        assertThatThrownBy(() -> write("never prepared", 1)).isInstanceOf(FencedOutException.class);
    }

    @Test
    void whoeverIsShutOutStaysOutHoweverLateAndWhereverItGoesOn() throws SQLException {
        // The writer announced itself with token 5 and was paused before it prepared the row.
        await(fences.shutOut("paused", 5));
        prepare("paused");
        assertThatThrownBy(() -> write("paused", 5)).isInstanceOf(FencedOutException.class);
        write("paused", 6);
        await(fences.shutOut("paused", 5));
        write("paused", 6);
        assertThat(token("paused")).isEqualTo(6);
    }

    @Test
    void whatTheTransactionOfAShutOutWriterDidIsUndone() throws SQLException {
        prepare("undone");
        prepare("undone too");
        await(fences.shutOut("undone", 3));
        assertThatThrownBy(() -> await(transactions.inTransaction(
                        () -> fences.fence("undone too", 3).chain(() -> fences.fence("undone", 3)))))
                .isInstanceOf(FencedOutException.class);
        assertThat(token("undone too")).isZero();
    }

    @Test
    void ofAWriterAndWhoShutsItOutAtOnceOneComesFirstAndTheOtherSeesIt() throws Exception {
        execute("CREATE TABLE IF NOT EXISTS kit.written (token BIGINT PRIMARY KEY)");
        execute("GRANT ALL ON kit.written TO nebula_updater");
        prepare("race");
        for (long token : LongStream.rangeClosed(1, 40).map(i -> 10 * i).toArray()) {
            CompletableFuture<Boolean> writer = transactions
                    .inTransaction(() -> fences.fence("race", token).chain(() -> insert(token)))
                    .replaceWith(true)
                    .onFailure(FencedOutException.class)
                    .recoverWithItem(false)
                    .subscribeAsCompletionStage();
            CompletableFuture<Boolean> judge = fences.shutOut("race", token)
                    .chain(() -> transactions.inTransaction(() -> isThere(token)))
                    .subscribeAsCompletionStage();
            assertThat(judge.get())
                    .as("what was found when %d was shut out", token)
                    .isEqualTo(writer.get());
        }
    }

    private static Uni<Integer> insert(long token) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("INSERT INTO kit.written (token) VALUES (:token)")
                        .setParameter("token", token)
                        .executeUpdate());
    }

    private static Uni<Boolean> isThere(long token) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "SELECT token FROM kit.written WHERE token = :token", Long.class)
                        .setParameter("token", token)
                        .getResultList())
                .map((List<Long> found) -> !found.isEmpty());
    }

    private void prepare(String resource) {
        await(fences.prepare(resource));
    }

    private void write(String resource, long token) {
        await(transactions.inTransaction(() -> fences.fence(resource, token)));
    }

    private static <T> T await(Uni<T> work) {
        return work.await().atMost(PATIENCE);
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = NebulaDatabase.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long token(String resource) throws SQLException {
        try (Connection connection = NebulaDatabase.connect();
                Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT token FROM updater.fence WHERE resource = '" + resource + "'")) {
            assertThat(result.next()).isTrue();
            return result.getLong(1);
        }
    }
}
