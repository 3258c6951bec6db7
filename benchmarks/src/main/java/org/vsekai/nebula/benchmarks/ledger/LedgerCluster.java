package org.vsekai.nebula.benchmarks.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.vsekai.nebula.api.ledger.v1.GetStatusRequest;
import org.vsekai.nebula.api.ledger.v1.MemberStatus;
import org.vsekai.nebula.api.ledger.v1.OperationsGrpc;

/** The packaged entity-sync in its role {@code ledger}, with the settings it comes with but for ports, folders and tokens. */
public final class LedgerCluster extends ProcessCluster {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final String SERVER = "benchmark-server";
    private static final String OPERATOR = "benchmark-operator";

    private final List<Integer> ports = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();

    /**
     * @param home of the project, built
     * @throws IOException when entity-sync is not built
     */
    public LedgerCluster(Path home, Path folder, List<String> jvmOptions) throws IOException {
        Path jar = home.resolve("services/entity-sync/target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IOException(jar + " is missing: run ./nebula build");
        }
        List<Integer> raftPorts = IntStream.range(0, MEMBERS)
                .mapToObj(i -> MemberProcess.freePort())
                .toList();
        for (int i = 0; i < MEMBERS; i++) {
            ports.add(MemberProcess.freePort());
            connections.add(new Connection(ports.get(i), OPERATOR));
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmOptions);
            command.addAll(List.of("-jar", jar.toString()));
            Map<String, String> environment = Map.ofEntries(
                    Map.entry("NEBULA_HTTP_PORT", Integer.toString(MemberProcess.freePort())),
                    Map.entry("NEBULA_GRPC_PORT", Integer.toString(ports.get(i))),
                    Map.entry("NEBULA_AUTH_SERVER", digest(SERVER)),
                    Map.entry("NEBULA_AUTH_OPERATOR", digest(OPERATOR)),
                    Map.entry("NEBULA_ENTITY_SYNC_ROLE", "ledger"),
                    Map.entry("NEBULA_ENTITY_SYNC_LEDGER_ID", "ledger-" + i),
                    Map.entry(
                            "NEBULA_ENTITY_SYNC_LEDGER_FOLDER",
                            folder.resolve("ledger-" + i).toString()),
                    Map.entry("NEBULA_ENTITY_SYNC_LEDGER_BIND_PORT", Integer.toString(raftPorts.get(i))),
                    Map.entry("NEBULA_ENTITY_SYNC_LEDGER_MEMBERS", "ledger-0,ledger-1,ledger-2"),
                    Map.entry(
                            "NEBULA_ENTITY_SYNC_LEDGER_DISCOVERY_HOSTS",
                            raftPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","))),
                    Map.entry("NEBULA_ENTITY_SYNC_LEDGER_SECRET", "a secret of a benchmark on one machine"),
                    Map.entry("NEBULA_ENTITY_SYNC_LEDGER_ALLOW_UNSAFE", "true"));
            add(new MemberProcess(command, environment, folder.resolve("ledger-" + i + ".log")));
        }
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String name() {
        return "ledger";
    }

    @Override
    OptionalInt findLeaderOf(int member) {
        try {
            MemberStatus status = connections
                    .get(member)
                    .call(OperationsGrpc.getGetStatusMethod(), GetStatusRequest.getDefaultInstance(), PATIENCE)
                    .join();
            return status.getLeader().isEmpty()
                    ? OptionalInt.empty()
                    : OptionalInt.of(Integer.parseInt(status.getLeader().substring("ledger-".length())));
        } catch (CompletionException e) {
            return OptionalInt.empty(); // not listening yet
        }
    }

    @Override
    public Client connect(int member) {
        return new LedgerClient(ports.get(member), SERVER);
    }

    @Override
    public void close() {
        connections.forEach(Connection::close);
        super.close();
    }
}
