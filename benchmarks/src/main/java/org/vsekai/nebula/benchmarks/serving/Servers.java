package org.vsekai.nebula.benchmarks.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vsekai.nebula.migrations.Migrations;
import org.vsekai.nebula.migrations.ServiceSchema;
import org.vsekai.nebula.parts.EmbeddedPostgres;

/** The three servers of one store, and the database that asset-store needs. Not thread-safe. */
final class Servers implements AutoCloseable {
    static final String ASSET_STORE = "asset-store";
    static final String NGINX = "nginx";
    static final String DESYNC = "desync";

    private static final String PASSWORD = "benchmark";

    private final Path folder;
    private final Path store;
    private final String probe;
    private final Layout layout;
    private final Map<String, Server> running = new LinkedHashMap<>();

    /**
     * @param folder for logs and configurations
     * @param store what holds {@code chunks/}
     * @param probe the path of a chunk below {@code chunks/}, with a slash in front
     */
    Servers(Path folder, Path store, String probe, Layout layout) {
        this.folder = folder;
        this.store = store;
        this.probe = probe;
        this.layout = layout;
    }

    Map<String, Server> running() {
        return running;
    }

    /** Static files as nginx serves them when nothing but what the comparison needs is changed. */
    void startNginx() throws IOException {
        int port = freePort();
        Path config = folder.resolve("nginx.conf");
        Files.writeString(
                config, """
                daemon off;
                user %s;
                worker_processes %d;
                pid %s/nginx.pid;
                error_log %3$s/nginx-error.log;
                events { worker_connections 1024; }
                http {
                  sendfile on;
                  tcp_nopush on;
                  keepalive_requests 1000000000;
                  access_log %3$s/nginx-access.log;
                  default_type application/octet-stream;
                  client_body_temp_path %3$s/nginx-body;
                  proxy_temp_path %3$s/nginx-proxy;
                  fastcgi_temp_path %3$s/nginx-fastcgi;
                  uwsgi_temp_path %3$s/nginx-uwsgi;
                  scgi_temp_path %3$s/nginx-scgi;
                  server {
                    listen 127.0.0.1:%d;
                    root %s;
                    add_header Cache-Control "public, max-age=31536000, immutable";
                  }
                }
                """.formatted(System.getProperty("user.name"), layout.serverProcessors(), folder, port, store));
        start(
                NGINX,
                List.of("nginx", "-p", folder.toString(), "-c", config.toString()),
                Map.of(),
                port,
                "/chunks" + probe);
    }

    void startDesync(Path program) throws IOException {
        int port = freePort();
        start(
                DESYNC,
                List.of(
                        program.toString(),
                        "chunk-server",
                        "-s",
                        store.resolve("chunks").toString(),
                        "-l",
                        "127.0.0.1:" + port,
                        "--log",
                        folder.resolve("desync-access.log").toString()),
                Map.of(),
                port,
                probe);
    }

    /** The packaged service with the settings of production and the options that docs/operators.md names. */
    void startAssetStore(Path jar, List<String> jvmOptions, EmbeddedPostgres database) throws IOException {
        new Migrations(database.jdbcUrl("postgres"), database.user(), database.password())
                .migrate(Map.of(ServiceSchema.ASSET_STORE, PASSWORD));
        int port = freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", jar.toString()));
        start(
                ASSET_STORE,
                command,
                Map.of(
                        "NEBULA_HTTP_PORT", Integer.toString(port),
                        "NEBULA_GRPC_PORT", Integer.toString(freePort()),
                        "NEBULA_STORE_URL", store.toUri().toString(),
                        "NEBULA_DATABASE_URL", database.reactiveUrl(Migrations.DATABASE),
                        "NEBULA_DATABASE_USER", ServiceSchema.ASSET_STORE.role(),
                        "NEBULA_DATABASE_PASSWORD", PASSWORD),
                port,
                "/q/health/ready");
    }

    private void start(String name, List<String> command, Map<String, String> environment, int port, String ready)
            throws IOException {
        running.put(name, Server.start(layout, command, environment, folder.resolve(name + ".log"), port, ready));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        running.values().forEach(Server::close);
    }
}
