package org.vsekai.nebula.benchmarks.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The clusters that are compared, started and in order. */
public final class Sides implements AutoCloseable {
    private final List<Cluster> clusters = new ArrayList<>();

    /**
     * @param names {@code ledger} and {@code etcd}, or one of them
     * @throws IOException when a side cannot be started; says what is missing
     */
    public static Sides start(List<String> names, Path home, Path folder, List<String> jvmOptions) throws IOException {
        Sides sides = new Sides();
        boolean started = false;
        try {
            for (String name : names) {
                Cluster cluster =
                        switch (name) {
                            case "ledger" -> new LedgerCluster(home, folder, jvmOptions);
                            case "etcd" -> new EtcdCluster(folder);
                            default -> throw new IllegalArgumentException("no side is called " + name);
                        };
                sides.clusters.add(cluster);
                cluster.start();
            }
            started = true;
            return sides;
        } finally {
            if (!started) {
                sides.close();
            }
        }
    }

    public List<Cluster> all() {
        return clusters;
    }

    @Override
    public void close() {
        clusters.forEach(Cluster::close);
    }
}
