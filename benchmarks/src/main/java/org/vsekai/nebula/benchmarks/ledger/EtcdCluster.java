package org.vsekai.nebula.benchmarks.ledger;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.concurrent.CompletionException;
import org.vsekai.nebula.benchmarks.ledger.etcd.MaintenanceGrpc;
import org.vsekai.nebula.benchmarks.ledger.etcd.StatusRequest;
import org.vsekai.nebula.benchmarks.ledger.etcd.StatusResponse;

/** {@code etcd} from PATH with the settings it comes with: heartbeats each 100 ms, elections after 1 s. */
public final class EtcdCluster extends ProcessCluster {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<Integer> clientPorts = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private final long[] memberIds = new long[MEMBERS];

    public EtcdCluster(Path folder) {
        List<Integer> peerPorts = new ArrayList<>();
        StringJoiner peers = new StringJoiner(",");
        for (int i = 0; i < MEMBERS; i++) {
            clientPorts.add(MemberProcess.freePort());
            peerPorts.add(MemberProcess.freePort());
            connections.add(new Connection(clientPorts.get(i), ""));
            peers.add("m%d=http://127.0.0.1:%d".formatted(i, peerPorts.get(i)));
        }
        for (int i = 0; i < MEMBERS; i++) {
            String client = "http://127.0.0.1:" + clientPorts.get(i);
            String peer = "http://127.0.0.1:" + peerPorts.get(i);
            add(new MemberProcess(
                    List.of(
                            "etcd",
                            "--name=m" + i,
                            "--data-dir=" + folder.resolve("etcd-" + i),
                            "--listen-client-urls=" + client,
                            "--advertise-client-urls=" + client,
                            "--listen-peer-urls=" + peer,
                            "--initial-advertise-peer-urls=" + peer,
                            "--initial-cluster=" + peers,
                            "--initial-cluster-state=new"),
                    Map.of("ETCD_LOG_LEVEL", "warn", "ETCD_LOGGER", "zap"),
                    folder.resolve("etcd-" + i + ".log")));
        }
    }

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    OptionalInt findLeaderOf(int member) {
        try {
            StatusResponse status = connections
                    .get(member)
                    .call(MaintenanceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance(), PATIENCE)
                    .join();
            memberIds[member] = status.getHeader().getMemberId();
            for (int i = 0; i < MEMBERS; i++) {
                if (status.getLeader() != 0 && memberIds[i] == status.getLeader()) {
                    return OptionalInt.of(i);
                }
            }
            return OptionalInt.empty();
        } catch (CompletionException e) {
            return OptionalInt.empty(); // not listening yet
        }
    }

    @Override
    public Client connect(int member) {
        return new EtcdClient(clientPorts.get(member));
    }

    @Override
    public void close() {
        connections.forEach(Connection::close);
        super.close();
    }
}
