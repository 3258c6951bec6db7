package org.vsekai.nebula.ledger;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for members that are started later, perhaps again and again. They lie below those that systems give to whoever does not
 * ask for a certain one, so that no connection takes one meanwhile.
 */
public final class Ports {
    private static final int FIRST = 15_000;
    private static final int BEHIND_LAST = 32_000;
    private static final int MOST_TRIES = 1_000;

    private Ports() {}

    /** So many different ones that nobody listens at. */
    public static List<Integer> free(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int tries = 0; held.size() < count; tries++) {
                try {
                    held.add(new ServerSocket(ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST)));
                } catch (IOException e) {
                    if (tries > MOST_TRIES) {
                        throw new IllegalStateException("no free port after " + tries + " tries", e);
                    }
                }
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            held.forEach(Ports::close);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
