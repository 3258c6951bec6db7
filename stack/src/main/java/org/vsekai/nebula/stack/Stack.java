package org.vsekai.nebula.stack;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.migrations.Migrations;
import org.vsekai.nebula.migrations.ServiceSchema;
import org.vsekai.nebula.parts.EmbeddedPostgres;
import org.vsekai.nebula.parts.PartException;

/**
 * A running stack: PostgreSQL, migrated, the shared cache, and every service.
 *
 * <p>Lifecycle: {@link #start} returns when all services are ready, or stops what it started and throws. {@link #close} stops the
 * services, then the cache and the database; the data stays. Thread safety: all methods may be called from any thread.
 */
public final class Stack implements AutoCloseable {
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(4);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LEFTOVER_PATIENCE = Duration.ofSeconds(20);
    private static final int ENDS_BEFORE_READY = 3;
    private static final int TAIL_LINES = 30;
    /** The one world, of one zone, that there is without further ado. */
    private static final String WORLD = "local";

    /** Small and quick to start rather than fast at their peak. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xms32m",
            "-Xmx256m",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED");

    private final Options options;
    private final DataFolder data;
    private final FileLock lock;
    private final Map<Instance, SupervisedService> services = new ConcurrentHashMap<>();
    private final List<ServiceLog> logs = new ArrayList<>();
    private final Object stateLock = new Object();
    private volatile Ports ports;
    private volatile Layout layout = Layout.SINGLE;
    private @Nullable EmbeddedPostgres postgres;
    private volatile @Nullable CompletableFuture<SupervisedCache> cache;
    private volatile boolean ready;
    private volatile boolean closed;

    /**
     * What a stack is started with.
     *
     * @param home the project's folder, whose services are built
     * @param data the folder for everything that survives the stack; created if missing
     * @param portBase see the command's help; 0 picks free ports
     * @param replicas of entity-sync, which hosts the ledger, and of the cache; 0: as many as the folder has, or one
     * @param instances of updater and cdn-registry, and of asset-store if there is a {@code store}: 1 or 2
     * @param store the URL of a store that several instances may use, as {@code NEBULA_STORE_URL} takes it; null: a folder in {@code data}
     * @param statementLog where PostgreSQL logs every statement; null: nowhere
     * @param console where the services' output is copied; null: nowhere
     * @param settings environment variables of every service, beside those that the stack sets
     */
    public record Options(
            Path home,
            Path data,
            int portBase,
            int replicas,
            int instances,
            @Nullable String store,
            @Nullable Path statementLog,
            @Nullable PrintStream console,
            Map<String, String> settings) {
        public Options {
            if (instances < 1 || instances > Layout.MAX_INSTANCES) {
                throw new StackException("--instances must be 1 to " + Layout.MAX_INSTANCES + ": " + instances);
            }
            if (store != null && store.startsWith("file:")) {
                throw new StackException(
                        "--store must be one that several processes may use, such as s3: or sftp:, not " + store);
            }
            if (replicas < 0 || replicas > Ports.MAX_REPLICAS || (replicas != 0 && replicas % 2 == 0)) {
                throw new StackException("--replicas must be odd and at most " + Ports.MAX_REPLICAS
                        + ", since the ledger decides by majority: " + replicas);
            }
            settings = Map.copyOf(settings);
        }

        /** One of everything, or what the folder has. */
        public Options(
                Path home,
                Path data,
                int portBase,
                @Nullable Path statementLog,
                @Nullable PrintStream console,
                Map<String, String> settings) {
            this(home, data, portBase, 0, statementLog, console, settings);
        }

        /** One of each service that is not replicated, on a folder. */
        public Options(
                Path home,
                Path data,
                int portBase,
                int replicas,
                @Nullable Path statementLog,
                @Nullable PrintStream console,
                Map<String, String> settings) {
            this(home, data, portBase, replicas, 1, null, statementLog, console, settings);
        }
    }

    private Stack(Options options, DataFolder data, FileLock lock) {
        this.options = options;
        this.data = data;
        this.lock = lock;
        this.ports = new Ports(Ports.DEFAULT_BASE);
    }

    /**
     * Starts a stack.
     *
     * @throws StackException if the folder is in use, a port is taken, a service is not built or does not become ready
     */
    public static Stack start(Options options) {
        Stack stack = prepare(options);
        boolean started = false;
        try {
            stack.launch();
            started = true;
            return stack;
        } finally {
            if (!started) {
                stack.close();
            }
        }
    }

    /** A stack that holds its folder's lock but has started nothing; whoever has it may already close it. */
    static Stack prepare(Options options) {
        DataFolder data = new DataFolder(options.data());
        FileLock lock = data.tryLock()
                .orElseThrow(() -> new StackException("A stack runs already in " + data.root()
                        + ". See it with status, stop it with down, or start another with --data."));
        return new Stack(options, data, lock);
    }

    void launch() {
        for (Service service : Service.values()) {
            if (!Files.isRegularFile(service.jar(options.home()))) {
                throw new StackException(
                        service.title() + " is not built (" + service.jar(options.home()) + "): run ./nebula build");
            }
        }
        stopLeftovers(data);
        synchronized (this) {
            refuseIfClosed();
            layout = new Layout(data.replicas(options.replicas()), options.instances(), options.store() != null);
            ports = Ports.choose(options.portBase(), layout);
            writeState();
            cache = CompletableFuture.supplyAsync(() -> new SupervisedCache(
                    options.home(), data.cache(), ports.cache(), layout.replicas(), this::writeState));
            EmbeddedPostgres.Builder builder =
                    EmbeddedPostgres.builder().folder(data.postgres()).port(ports.postgres());
            if (options.statementLog() != null) {
                builder.logStatements(options.statementLog());
            }
            postgres = builder.start();
            migrate(postgres);
            Map<String, String> neighbours = new HashMap<>(await(cache).environment());
            neighbours.put("NEBULA_LEDGER_ENDPOINTS", String.join(",", members(ports::grpc)));
            neighbours.put("NEBULA_LEDGER_TOKEN", data.serverToken());
            for (Instance instance : layout.all()) {
                launch(instance, postgres, neighbours);
            }
        }
        awaitReady();
    }

    private static SupervisedCache await(CompletableFuture<SupervisedCache> starting) {
        try {
            return starting.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof PartException reason ? reason : e;
        }
    }

    /** {@code host:port} of every member of the ledger. */
    private List<String> members(ToIntFunction<Instance> port) {
        return layout.of(Service.ENTITY_SYNC).stream()
                .map(member -> "127.0.0.1:" + port.applyAsInt(member))
                .toList();
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new StackException("The stack was stopped while it started");
        }
    }

    private void migrate(EmbeddedPostgres database) {
        Map<ServiceSchema, String> passwords = new EnumMap<>(ServiceSchema.class);
        for (Service service : Service.values()) {
            passwords.put(service.schema(), data.databasePassword(service));
        }
        new Migrations(database.jdbcUrl("postgres"), database.user(), database.password()).migrate(passwords);
    }

    private void launch(Instance instance, EmbeddedPostgres database, Map<String, String> neighbours) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        if (instance.service() == Service.ENTITY_SYNC) {
            // A map's keys cannot be told by variables of the environment.
            command.add("-Dnebula.worlds." + WORLD + ".zones-x=1");
        }
        command.add("-jar");
        command.add(instance.service().jar(options.home()).toString());
        String title = instance.title();
        try {
            ServiceLog log = new ServiceLog(data.log(title), title, options.console());
            logs.add(log);
            Map<String, String> environment = environment(instance, database);
            environment.putAll(neighbours);
            SupervisedService supervised = new SupervisedService(instance, command, environment, log, this::writeState);
            services.put(instance, supervised);
            supervised.start();
        } catch (IOException e) {
            throw new StackException("The log " + data.log(title) + " cannot be written: " + e.getMessage(), e);
        }
    }

    private Map<String, String> environment(Instance instance, EmbeddedPostgres database) {
        Service service = instance.service();
        Map<String, String> environment = new HashMap<>(options.settings());
        environment.put("NEBULA_HTTP_HOST", "127.0.0.1");
        environment.put("NEBULA_HTTP_PORT", Integer.toString(ports.http(instance)));
        environment.put("NEBULA_GRPC_PORT", Integer.toString(ports.grpc(instance)));
        environment.put("NEBULA_DATABASE_URL", database.reactiveUrl(Migrations.DATABASE));
        environment.put("NEBULA_DATABASE_USER", service.schema().role());
        environment.put("NEBULA_DATABASE_PASSWORD", data.databasePassword(service));
        environment.put("NEBULA_AUTH_PUBLISHER", DataFolder.digest(data.token()));
        environment.put("NEBULA_AUTH_OPERATOR", DataFolder.digest(data.token()));
        environment.put("NEBULA_AUTH_SERVER", DataFolder.digest(data.serverToken()));
        switch (service) {
            case UPDATER -> {
                environment.put(
                        "NEBULA_ASSET_STORE_GRPC", "127.0.0.1:" + ports.grpc(beside(instance, Service.ASSET_STORE)));
                environment.put("NEBULA_ASSET_STORE_TOKEN", data.serverToken());
                environment.put(
                        "NEBULA_PUBLIC_UPDATER",
                        ports.url(beside(instance, Service.UPDATER)).toString());
                environment.put(
                        "NEBULA_PUBLIC_CDN_REGISTRY",
                        ports.url(beside(instance, Service.CDN_REGISTRY)).toString());
                environment.put(
                        "NEBULA_PUBLIC_ASSET_STORE",
                        ports.url(beside(instance, Service.ASSET_STORE)).toString());
            }
            case CDN_REGISTRY -> {
                environment.put("NEBULA_CDN_ALLOW_LOOPBACK", "true");
                environment.put(
                        "NEBULA_CDN_SEED",
                        layout.of(Service.ASSET_STORE).stream()
                                .map(store -> store.title().replace("asset-store", "local") + "|Local " + store.title()
                                        + "|" + ports.url(store) + "|local")
                                .collect(Collectors.joining(",")));
            }
            case ASSET_STORE ->
                environment.put(
                        "NEBULA_STORE_URL",
                        options.store() == null ? data.store().toUri().toString() : options.store());
            case ENTITY_SYNC -> {
                String member = member(instance);
                environment.put("NEBULA_ENTITY_SYNC_ROLE", "all");
                environment.put("NEBULA_ENTITY_SYNC_LEDGER_ID", member);
                environment.put(
                        "NEBULA_ENTITY_SYNC_LEDGER_FOLDER", data.ledger(member).toString());
                environment.put("NEBULA_ENTITY_SYNC_LEDGER_BIND_HOST", "127.0.0.1");
                environment.put("NEBULA_ENTITY_SYNC_LEDGER_BIND_PORT", Integer.toString(ports.raft(instance)));
                environment.put(
                        "NEBULA_ENTITY_SYNC_LEDGER_MEMBERS",
                        layout.of(service).stream().map(Stack::member).collect(Collectors.joining(",")));
                environment.put("NEBULA_ENTITY_SYNC_LEDGER_DISCOVERY_HOSTS", String.join(",", members(ports::raft)));
                environment.put("NEBULA_ENTITY_SYNC_LEDGER_SECRET", data.ledgerSecret());
                environment.put("NEBULA_TICKETS_KEY", data.ticketsKey());
                environment.put("NEBULA_ASSET_STORE_GRPC", grpc(Service.ASSET_STORE));
                environment.put("NEBULA_ASSET_STORE_TOKEN", data.serverToken());
                environment.put("NEBULA_ZONES_ADDRESS", "127.0.0.1:" + ports.grpc(instance));
            }
        }
        return environment;
    }

    /** The instance that an instance of another service turns to: that of its own number, or the only one. */
    private Instance beside(Instance instance, Service other) {
        List<Instance> others = layout.of(other);
        return others.get(Math.min(instance.replica(), others.size() - 1));
    }

    private static String member(Instance instance) {
        return "ledger-" + instance.replica();
    }

    private void awaitReady() {
        long deadlineNanos = System.nanoTime() + READY_TIMEOUT.toNanos();
        for (SupervisedService service : List.copyOf(services.values())) {
            String title = service.instance().title();
            while (!isReady(ports.url(service.instance()))) {
                refuseIfClosed();
                if (service.ends() >= ENDS_BEFORE_READY) {
                    throw new StackException(
                            title + " ended " + service.ends() + " times while starting. " + logTail(title));
                }
                if (System.nanoTime() > deadlineNanos) {
                    throw new StackException(
                            title + " was not ready within " + READY_TIMEOUT.toSeconds() + " s. " + logTail(title));
                }
                pause();
            }
        }
        ready = true;
        writeState();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("Interrupted while the services were starting", e);
        }
    }

    /** Whether the service at {@code url} says that it is ready. */
    static boolean isReady(URI url) {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PROBE_TIMEOUT).build()) {
            HttpRequest request = HttpRequest.newBuilder(url.resolve("q/health/ready"))
                    .timeout(PROBE_TIMEOUT)
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String logTail(String title) {
        Path log = data.log(title);
        try {
            List<String> lines = Files.readAllLines(log);
            return "The end of its log " + log + ":\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "Its log " + log + " cannot be read: " + e.getMessage();
        }
    }

    /** The HTTP base of a service, of its first replica if there are several, ending in a slash. */
    public URI url(Service service) {
        return url(service, 0);
    }

    /** The HTTP base of a replica, ending in a slash. */
    public URI url(Service service, int replica) {
        return ports.url(instance(service, replica));
    }

    /** {@code host:port} of a service's gRPC server, of its first replica's if there are several. */
    public String grpc(Service service) {
        return grpc(service, 0);
    }

    /** {@code host:port} of a replica's gRPC server. */
    public String grpc(Service service, int replica) {
        return "127.0.0.1:" + ports.grpc(instance(service, replica));
    }

    private Instance instance(Service service, int replica) {
        return layout.of(service).get(replica);
    }

    /** How many of entity-sync and of the cache there are. */
    public int replicas() {
        return layout.replicas();
    }

    /** The bearer token with the roles publisher and operator. */
    public String token() {
        return data.token();
    }

    /** The bearer token with the role server. */
    public String serverToken() {
        return data.serverToken();
    }

    /** The process id of a service, of its first replica if there are several; empty while it is being started. */
    public OptionalLong pid(Service service) {
        return pid(service, 0);
    }

    /** The process id of a replica; empty while it is being started. */
    public OptionalLong pid(Service service, int replica) {
        SupervisedService supervised = services.get(instance(service, replica));
        return supervised == null
                ? OptionalLong.empty()
                : supervised.process().stream().mapToLong(ProcessRecord::pid).findFirst();
    }

    private void writeState() {
        Map<String, ProcessRecord> processes = new TreeMap<>();
        Map<String, URI> urls = new TreeMap<>();
        for (Instance instance : layout.all()) {
            urls.put(instance.title(), ports.url(instance));
        }
        // Not the stack's own lock: close() holds that one while it waits for the supervisors, which write here.
        synchronized (stateLock) {
            services.forEach((instance, supervised) ->
                    supervised.process().ifPresent(process -> processes.put(instance.title(), process)));
            CompletableFuture<SupervisedCache> nodes = cache;
            if (nodes != null && nodes.state() == Future.State.SUCCESS) {
                processes.putAll(nodes.resultNow().processes());
            }
            if (!closed) {
                new StackState(ports.base(), layout, ready, ProcessRecord.of(ProcessHandle.current()), processes, urls)
                        .write(data.stateFile());
            }
        }
    }

    /** Ends what a killed supervisor left running in the folder. Nobody holds the folder's lock but us. */
    static void stopLeftovers(DataFolder data) {
        StackState.find(data.stateFile()).ifPresent(state -> {
            state.services().values().forEach(process -> process.stop(LEFTOVER_PATIENCE));
        });
        EmbeddedPostgres.stopLeftover(data.postgres());
        try {
            Files.deleteIfExists(data.stateFile());
        } catch (IOException e) {
            throw new StackException("The state file " + data.stateFile() + " cannot be removed: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            services.values().forEach(SupervisedService::stop);
            for (SupervisedService service : services.values()) {
                service.awaitStop();
            }
            for (ServiceLog log : logs) {
                log.close();
            }
            if (cache != null) {
                // One that did not start has told why, and has left nothing.
                cache.handle((started, failure) -> Optional.ofNullable(started))
                        .join()
                        .ifPresent(SupervisedCache::close);
            }
            if (postgres != null) {
                postgres.close();
            }
            synchronized (stateLock) {
                Files.deleteIfExists(data.stateFile());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("Interrupted while the stack was stopping", e);
        } catch (IOException e) {
            throw new StackException("The data folder " + data.root() + " cannot be given up: " + e.getMessage(), e);
        } finally {
            release();
        }
    }

    private void release() {
        try {
            lock.acquiredBy().close();
        } catch (IOException e) {
            throw new StackException("The lock of " + data.root() + " cannot be given up: " + e.getMessage(), e);
        }
    }
}
