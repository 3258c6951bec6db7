package org.vsekai.nebula.cdn.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Resolves host names. Blocks its thread; thread-safe. */
@FunctionalInterface
public interface HostResolver {
    /**
     * All addresses of a host name or address literal.
     *
     * @throws UnknownHostException if it has none, or the name service cannot be asked
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;
}
