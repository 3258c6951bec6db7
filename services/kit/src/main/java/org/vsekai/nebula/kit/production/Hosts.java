package org.vsekai.nebula.kit.production;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can be said of a host by its name alone; nothing is looked up. */
public final class Hosts {
    private Hosts() {}

    /** Whether only this machine is meant. */
    public static boolean isLoopback(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
        return name.equals("localhost") || name.startsWith("127.") || name.equals("::1");
    }

    /** The host of {@code host:port}. */
    public static String of(String address) {
        int colon = address.lastIndexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }
}
