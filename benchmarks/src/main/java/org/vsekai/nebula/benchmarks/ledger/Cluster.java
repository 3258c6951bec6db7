package org.vsekai.nebula.benchmarks.ledger;

import java.io.IOException;
import java.util.List;

/** Three members on this machine, their data below one folder. Not thread-safe. */
public interface Cluster extends AutoCloseable {
    int MEMBERS = 3;

    String name();

    /** Starts all members and waits until one leads and the others follow it. */
    void start() throws IOException;

    /** Number of the member that leads. */
    int leader() throws IOException;

    Client connect(int member);

    List<Long> processes();

    /** SIGKILL. Returns at once. */
    void kill(int member);

    /** Starts a killed member with its data and waits until it follows. */
    void restart(int member) throws IOException;

    @Override
    void close();
}
