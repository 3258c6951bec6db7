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
import org.vsekai.nebula.parts.FreePorts;

/**
 * The ports of one stack: HTTP at base+0 to +3, gRPC at base+10 to +13 in the order of {@link Service}, PostgreSQL at base+20,
 * the ledger's members for each other at base+23, the cache at base+30. Those of further replicas of entity-sync and the cache follow
 * the first one's; second instances of the other services have HTTP at base+40 to +42 and gRPC at base+43 to +45.
 */
record Ports(int base) {
    static final int DEFAULT_BASE = 7_700;

    private static final int ATTEMPTS = 200;
    private static final int GRPC = 10;
    private static final int POSTGRES = 20;
    private static final int RAFT = 20;
    private static final int CACHE = 30;

    /** How many replicas there is room for between the groups of ports. */
    static final int MAX_REPLICAS = 5;

    private static final int SECOND = 40;
    private static final int SECOND_GRPC = 43;
    private static final int LAST = SECOND_GRPC + Service.ASSET_STORE.ordinal();

    Ports {
        if (base < 1 || base + LAST > 65_535) {
            throw new StackException(
                    "The port base must be in 1.." + (65_535 - LAST) + ", or 0 for free ports: " + base);
        }
    }

    /** The ports at {@code base}, or free ones if it is 0. */
    static Ports choose(int base, Layout layout) {
        if (base != 0) {
            Ports ports = new Ports(base);
            ports.taken(layout).ifPresent(taken -> {
                throw new StackException("Port " + taken + " is in use. Choose other ports with --port-base N,"
                        + " or free ones with --port-base 0.");
            });
            return ports;
        }
        RandomGenerator random = RandomGenerator.getDefault();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Ports ports = new Ports(random.nextInt(FreePorts.LOWEST, FreePorts.END));
            if (ports.taken(layout).isEmpty()) {
                return ports;
            }
        }
        throw new StackException("No free ports were found between " + FreePorts.LOWEST + " and " + FreePorts.END);
    }

    int http(Instance instance) {
        return base + (isSecond(instance) ? SECOND + instance.service().ordinal() : offset(instance));
    }

    int grpc(Instance instance) {
        return base + (isSecond(instance) ? SECOND_GRPC + instance.service().ordinal() : GRPC + offset(instance));
    }

    private static boolean isSecond(Instance instance) {
        return instance.service() != Service.ENTITY_SYNC && instance.replica() > 0;
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

    private Optional<Integer> taken(Layout layout) {
        List<Integer> all = new ArrayList<>();
        for (Instance instance : layout.all()) {
            all.add(http(instance));
            all.add(grpc(instance));
        }
        for (Instance member : layout.of(Service.ENTITY_SYNC)) {
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
