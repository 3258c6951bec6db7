package org.vsekai.nebula.sync.member;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** What of a member's settings must not be so in production, each with the property that says it. */
final class UnsafeSettings {
    private static final int SHORTEST_SECRET = 16;

    private UnsafeSettings() {}

    /** Empty if all is well. */
    static List<String> of(MemberSettings settings) {
        List<String> unsafe = new ArrayList<>();
        if (!settings.fsync()) {
            unsafe.add("nebula.entity-sync.ledger.fsync is false: what was acknowledged is lost with the machine");
        }
        boolean alone = settings.members().map(members -> members.size() <= 1).orElse(true);
        boolean loopback = isLoopback(settings.bindHost());
        if (alone && loopback) {
            return unsafe;
        }
        if (settings.secret().map(String::length).orElse(0) < SHORTEST_SECRET) {
            unsafe.add("nebula.entity-sync.ledger.secret has fewer than " + SHORTEST_SECRET
                    + " characters: whoever reaches the port can join and change the log");
        }
        if (!loopback && settings.tls().keyStore().isEmpty()) {
            unsafe.add("nebula.entity-sync.ledger.tls.key-store is not set and nebula.entity-sync.ledger.bind-host is "
                    + settings.bindHost() + ": members talk over the network in plain text");
        }
        return unsafe;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            // The member's own start says what is wrong with it.
            return false;
        }
    }
}
