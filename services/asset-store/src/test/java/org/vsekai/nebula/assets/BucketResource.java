package org.vsekai.nebula.assets;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.vsekai.nebula.kit.testing.NebulaDatabase;
import org.vsekai.nebula.stores.s3.S3Server;

/** As {@link StoreResource}, with a bucket of an S3 server in the place of the folder. */
public final class BucketResource implements QuarkusTestResourceLifecycleManager {
    private static final String PREFIX = "studio/builds";

    private static volatile S3Server server;

    private final NebulaDatabase database = new NebulaDatabase();

    static S3Server server() {
        return server;
    }

    /** The store as another replica, or another program, opens it. */
    static String url() {
        return "s3+http://127.0.0.1:%d/%s/%s".formatted(server.port(), S3Server.BUCKET, PREFIX);
    }

    @Override
    public Map<String, String> start() {
        database.init(Map.of("service", "asset-store"));
        Map<String, String> config = new HashMap<>(database.start());
        try {
            server = new S3Server(Files.createTempDirectory(Path.of("target").toAbsolutePath(), "s3-"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        // In production they are environment variables; the SDK looks here, too, and a JVM cannot set its environment.
        System.setProperty("aws.accessKeyId", S3Server.ENVIRONMENT.get("S3_ACCESS_KEY"));
        System.setProperty("aws.secretAccessKey", S3Server.ENVIRONMENT.get("S3_SECRET_KEY"));
        config.put("nebula.asset-store.store-url", url());
        config.put("nebula.asset-store.count-interval", "500ms");
        // Files beyond it are streamed, which small ones shall prove.
        config.put("nebula.asset-store.recent-file-max-size", "1K");
        config.put("nebula.asset-store.recent-file-lifetime", "1ms");
        config.putAll(new FreeGrpcPort().start());
        return config;
    }

    @Override
    public void stop() {
        database.stop();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        if (server != null) {
            try {
                server.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
