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
 * The ports of one stack: HTTP at base+0, +1 and +2, gRPC at base+10, +11 and +12 in the order of {@link Service},
 * PostgreSQL at base+20.
 */
record Ports(int base) {
    static final int DEFAULT_BASE = 7_700;

    /** Free bases are looked for below the range from which systems take the ports of outgoing connections. */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 200;
    private static final int GRPC = 10;
    private static final int POSTGRES = 20;

    Ports {
        if (base < 1 || base + POSTGRES > 65_535) {
            throw new StackException(
                    "The port base must be in 1.." + (65_535 - POSTGRES) + ", or 0 for free ports: " + base);
        }
    }

    /** The ports at {@code base}, or free ones if it is 0. */
    static Ports choose(int base) {
        if (base != 0) {
            Ports ports = new Ports(base);
            ports.taken().ifPresent(taken -> {
                throw new StackException("Port " + taken + " is in use. Choose other ports with --port-base N,"
                        + " or free ones with --port-base 0.");
            });
            return ports;
        }
        RandomGenerator random = RandomGenerator.getDefault();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Ports ports = new Ports(random.nextInt(LOWEST, HIGHEST));
            if (ports.taken().isEmpty()) {
                return ports;
            }
        }
        throw new StackException("No free ports were found between " + LOWEST + " and " + HIGHEST);
    }

    int http(Service service) {
        return base + service.ordinal();
    }

    int grpc(Service service) {
        return base + GRPC + service.ordinal();
    }

    int postgres() {
        return base + POSTGRES;
    }

    URI url(Service service) {
        return URI.create("http://127.0.0.1:" + http(service) + "/");
    }

    private Optional<Integer> taken() {
        List<Integer> all = new ArrayList<>();
        for (Service service : Service.values()) {
            all.add(http(service));
            all.add(grpc(service));
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
