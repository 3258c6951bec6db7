package org.vsekai.nebula.assets.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.kit.testing.LedgerServer;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.parts.FreePorts;

/** The packaged service, killed by SIGKILL in the middle of collections. */
class CollectKillIT {
    private static final int GARBAGE = 3000;
    private static final int KILLS = 3;
    private static final int MAX_ATTEMPTS = 12;

    @TempDir
    Path scratch;

    private final NebulaDatabase database = new NebulaDatabase();
    private Map<String, String> settings;
    private Path store;
    private Process service;
    private int httpPort;
    private int grpcPort;

    @BeforeEach
    void prepare() throws Exception {
        database.init(Map.of("service", "asset-store"));
        settings = new HashMap<>(database.start());
        settings.putAll(new LedgerServer().start());
        try (Connection connection = NebulaDatabase.connect();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("pins", "assets", "uploads", "indexes", "condemned", "maintenance_runs")) {
                statement.executeUpdate("DELETE FROM asset_store." + table);
            }
        }
        store = Files.createDirectory(scratch.resolve("store"));
    }

    @AfterEach
    void kill() throws InterruptedException {
        if (service != null) {
            service.destroyForcibly();
            assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        database.stop();
    }

    /** Longer than the usual: a service that starts on a busy machine takes its time. */
    private static void eventually(Runnable assertions) {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (true) {
            try {
                assertions.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = FreePorts.hold()) {
            return socket.getLocalPort();
        }
    }

    private void start() throws IOException {
        httpPort = freePort();
        grpcPort = freePort();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dquarkus.http.port=" + httpPort,
                "-Dquarkus.grpc.server.port=" + grpcPort,
                "-Dnebula.asset-store.store-url=" + store.toUri(),
                "-Dnebula.ledger.lease-time-to-live=2s",
                "-Dnebula.collect.wake-interval=200ms",
                "-Dnebula.collect.batch=16",
                "-Dnebula.collect.concurrency=1"));
        settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
        service = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        Path.of("target", "collect-kill.log").toFile()))
                .start();
        eventually(() -> assertThat(status("/q/health/ready")).isEqualTo(200));
    }

    private int status(String path) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) base().resolve(path).toURL().openConnection();
            return connection.getResponseCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private URI base() {
        return URI.create("http://127.0.0.1:" + httpPort + "/");
    }

    /** One, or none. */
    private static long running() {
        return count("maintenance_runs WHERE state = 'RUNNING'");
    }

    private static long count(String rows) {
        try (Connection connection = NebulaDatabase.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM asset_store." + rows)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long chunkFiles() {
        try (Stream<Path> files = Files.walk(store.resolve("chunks"))) {
            return files.filter(file -> file.toString().endsWith(".cacnk")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aCollectionThatIsKilledAgainAndAgainIsCarriedToItsEndAndLosesNothing() throws Exception {
        long seed = Long.getLong("nebula.kill.seed", System.nanoTime());
        System.out.println("CollectKillIT seed: -Dnebula.kill.seed=" + seed);
        Random random = new Random(seed);
        start();
        Publisher.Build kept = Publisher.build(scratch, new int[] {1, 2, 3, 4});
        try (Publisher publisher = new Publisher(base(), grpcPort)) {
            publisher.publish(kept, "kept");
        }
        long needed = chunkFiles();
        List<String> runs = new ArrayList<>();
        long garbage = 0;
        int interrupted = 0;
        long kills = 0;
        for (int attempt = 1; kills < KILLS; attempt++) {
            assertThat(attempt).as("attempts to kill a run that is not over").isLessThanOrEqualTo(MAX_ATTEMPTS);
            if (running() == 0) {
                addGarbage(random);
                garbage += GARBAGE;
                runs.add(startCollection());
            }
            // On a busy machine a run may come to its end between a look at it and the kill, which then was none.
            long goal = chunkFiles() - GARBAGE / (KILLS + 1) + random.nextInt(16);
            eventually(() -> assertThat(running() == 0 || chunkFiles() < goal).isTrue());
            service.destroyForcibly();
            assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();
            kills += running();
            interrupted += count("condemned") > 0 ? 1 : 0;
            start();
        }
        System.out.println("killed " + KILLS + " times, " + interrupted + " times between a sentence and its end");
        try (Publisher publisher = new Publisher(base(), grpcPort)) {
            long swept = 0;
            for (String run : runs) {
                eventually(() -> assertThat(state(publisher, run)).isEqualTo("COMPLETED"));
                swept += publisher.run(run).getJsonObject("figures").getLong("chunks_swept");
            }
            assertThat(swept).isEqualTo(garbage);
            assertThat(chunkFiles()).isEqualTo(needed);
            assertThat(count("condemned")).isZero();
            publisher.verify(kept.indexName());
            // What was swept can be stored again.
            Publisher.Build again = Publisher.build(scratch, new int[] {3, 4, 5});
            publisher.publish(again, "again");
        }
    }

    private void addGarbage(Random random) {
        LocalChunkStore chunks = new LocalChunkStore(store.resolve("chunks"), LocalChunkStore.Durability.ON_SYNC);
        for (int i = 0; i < GARBAGE; i++) {
            byte[] plain = new byte[200];
            random.nextBytes(plain);
            chunks.put(
                    ChunkDigest.SHA512_256.hash(plain, 0, plain.length), ChunkCodec.compress(plain, 0, plain.length));
        }
        chunks.sync();
    }

    private String startCollection() throws Exception {
        try (Publisher publisher = new Publisher(base(), grpcPort)) {
            return publisher.start("collections?delete=true&grace=PT0S").getString("id");
        }
    }

    private static String state(Publisher publisher, String run) {
        try {
            return publisher.run(run).getString("state");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
