package org.vsekai.nebula.system.ledger;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How entity-sync is started as a voter of a ledger: role {@code ledger}, one host each. */
final class EntitySyncPrograms {
    static final String TOKEN = "token-of-linearizability";
    private static final int HTTP_PORT = 8083;
    private static final int GRPC_PORT = 8093;
    private static final int RAFT_PORT = 8103;

    private final Path root;
    private final Path folder;
    private final Network network;
    private final int members;

    /** @param folder to keep the members' logs in */
    EntitySyncPrograms(Path root, Path folder, Network network, int members) {
        this.root = root;
        this.folder = folder;
        this.network = network;
        this.members = members;
    }

    Cluster.Program of(int member) {
        Map<String, String> environment = new HashMap<>();
        environment.put("NEBULA_HTTP_HOST", network.host(member));
        environment.put("NEBULA_HTTP_PORT", Integer.toString(HTTP_PORT));
        environment.put("NEBULA_GRPC_HOST", network.host(member));
        environment.put("NEBULA_GRPC_PORT", Integer.toString(GRPC_PORT));
        environment.put("NEBULA_AUTH_OPERATOR", digest(TOKEN));
        environment.put("NEBULA_AUTH_SERVER", digest(TOKEN));
        environment.put("NEBULA_ENTITY_SYNC_ROLE", "ledger");
        ledger(environment, "ID", id(member));
        ledger(environment, "FOLDER", folder.resolve(id(member)).toString());
        ledger(environment, "BIND_HOST", network.host(member));
        ledger(environment, "BIND_PORT", Integer.toString(RAFT_PORT));
        ledger(environment, "MEMBERS", joined(EntitySyncPrograms::id));
        ledger(environment, "DISCOVERY_HOSTS", joined(other -> network.host(other) + ":" + RAFT_PORT));
        ledger(environment, "SECRET", TOKEN);
        // Members do not encrypt what they say in a network that nobody else is in.
        ledger(environment, "ALLOW_UNSAFE", "true");
        return new Cluster.Program(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-jar",
                        root.resolve("services/entity-sync/target/quarkus-app/quarkus-run.jar")
                                .toString()),
                environment);
    }

    InetSocketAddress grpcAddress(int member) {
        return new InetSocketAddress(network.host(member), GRPC_PORT);
    }

    private static void ledger(Map<String, String> environment, String setting, String value) {
        environment.put("NEBULA_ENTITY_SYNC_LEDGER_" + setting, value);
    }

    private static String id(int member) {
        return "member-" + member;
    }

    private String joined(IntFunction<String> each) {
        return IntStream.range(0, members).mapToObj(each).collect(Collectors.joining(","));
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
