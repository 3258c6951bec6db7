package org.vsekai.nebula.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The ports of one stack: HTTP at base+0 to +3, gRPC at base+10 to +13 in the order of {@link Service}, PostgreSQL at base+20,
 * the ledger's members for each other at base+23, the cache at base+30. Those of further replicas follow the first one's.
 */
record Ports(int base) {
    static final int DEFAULT_BASE = 7_700;

    /** Free bases are looked for below the range from which systems take the ports of outgoing connections. */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 200;
    private static final int GRPC = 10;
    private static final int POSTGRES = 20;
    private static final int RAFT = 20;
    private static final int CACHE = 30;

    /** How many replicas there is room for between the groups of ports. */
    static final int MAX_REPLICAS = 5;

    private static final int LAST = CACHE + MAX_REPLICAS - 1;

    Ports {
        if (base < 1 || base + LAST > 65_535) {
            throw new StackException(
                    "The port base must be in 1.." + (65_535 - LAST) + ", or 0 for free ports: " + base);
        }
    }

    /** The ports at {@code base}, or free ones if it is 0. */
    static Ports choose(int base, int replicas) {
        if (base != 0) {
            Ports ports = new Ports(base);
            ports.taken(replicas).ifPresent(taken -> {
                throw new StackException("Port " + taken + " is in use. Choose other ports with --port-base N,"
                        + " or free ones with --port-base 0.");
            });
            return ports;
        }
        RandomGenerator random = RandomGenerator.getDefault();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Ports ports = new Ports(random.nextInt(LOWEST, HIGHEST));
            if (ports.taken(replicas).isEmpty()) {
                return ports;
            }
        }
        throw new StackException("No free ports were found between " + LOWEST + " and " + HIGHEST);
    }

    int http(Instance instance) {
        return base + offset(instance);
    }

    int grpc(Instance instance) {
        return base + GRPC + offset(instance);
    }

    /** Where a member of the ledger listens for the others. */
    int raft(Instance instance) {
        return base + RAFT + offset(instance);
    }

    private static int offset(Instance instance) {
        return instance.service().ordinal() + instance.replica();
    }

    int postgres() {
        return base + POSTGRES;
    }

    /** Of the cache's first node. */
    int cache() {
        return base + CACHE;
    }

    URI url(Instance instance) {
        return URI.create("http://127.0.0.1:" + http(instance) + "/");
    }

    private Optional<Integer> taken(int replicas) {
        List<Integer> all = new ArrayList<>();
        for (Instance instance : Instance.all(replicas)) {
            all.add(http(instance));
            all.add(grpc(instance));
        }
        for (Instance member : Instance.of(Service.ENTITY_SYNC, replicas)) {
            all.add(raft(member));
            all.add(cache() + member.replica());
        }
        all.add(postgres());
        return all.stream().filter(port -> !isFree(port)).findFirst();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
