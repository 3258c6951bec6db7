package org.vsekai.nebula.ledger.consensus;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.protocols.AUTH;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.PerDestinationBundler;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.protocols.raft.NO_DUPES;
import org.jgroups.stack.Protocol;
import org.jgroups.util.TLS;
import org.jgroups.util.TLSClientAuth;

/**
 * The protocols under {@link StrictRaft}, from the network upwards. What JGroups gives here is who is there: members found, let in,
 * missed. A killed member is missed by its closed connections (the transport's suspicions, which need no second port as FD_SOCK2
 * does and are under TLS), a paused one by its heartbeats. Raft's own messages pass the reliable and flow-controlled parts by:
 * Raft repeats what is not answered and bounds what is under way, and a message for one that does not read must not hold up the
 * others, hence a queue and thread per destination.
 */
final class MemberStack {
    /** One entry at its largest, with room for its head. */
    private static final int MAX_MESSAGE_BYTES = 20 << 20;

    private static final long HEARTBEAT_MILLIS = 400;
    private static final long MISSED_MILLIS = 2_000;

    private MemberStack() {}

    static List<Protocol> protocols(MemberConfig config, StrictRaft raft) {
        List<Protocol> stack = new ArrayList<>();
        stack.add(transport(config));
        stack.add(discovery(config));
        stack.add(new MERGE3().setMinInterval(500).setMaxInterval(1_500).setCheckInterval(2_000));
        stack.add(new FD_ALL3().setTimeout(MISSED_MILLIS).setInterval(HEARTBEAT_MILLIS));
        stack.add(new VERIFY_SUSPECT2().setTimeout(200));
        stack.add(new NAKACK2().useMcastXmit(false));
        stack.add(new UNICAST3());
        stack.add(new STABLE());
        stack.add(new NO_DUPES());
        config.secret().ifPresent(secret -> stack.add(new AUTH().setAuthToken(new SharedSecret(secret))));
        stack.add(new GMS()
                .joinTimeout(500)
                .setLeaveTimeout(500)
                .setMergeTimeout(2_000)
                .setMaxJoinAttempts(0)
                .setViewAckCollectionTimeout(500)
                .printLocalAddress(false));
        stack.add(raft);
        return stack;
    }

    private static TCP transport(MemberConfig config) {
        TCP tcp = new MemberTransport();
        tcp.setBindAddr(config.bind().getAddress());
        tcp.setBindPort(config.bind().getPort());
        tcp.setPortRange(0);
        tcp.setBundler(threadPerDestination());
        tcp.setSockConnTimeout(300);
        tcp.setMaxLength(MAX_MESSAGE_BYTES);
        tcp.enableSuspectEvents(true);
        tcp.getThreadPool().setMinThreads(2).setMaxThreads(64).setKeepAliveTime(30_000);
        config.tls().ifPresent(tls -> tcp.tls(tls(tls)));
        return tcp;
    }

    /**
     * JGroups' own default is one thread for all destinations. Under TLS that one would wait in the handshake with a paused
     * member, whose system still takes connections, for as long as the pause lasts.
     */
    private static PerDestinationBundler threadPerDestination() {
        PerDestinationBundler bundler = new PerDestinationBundler();
        bundler.useSingleSenderThread(false);
        return bundler;
    }

    private static TLS tls(MemberConfig.Tls tls) {
        readable(tls.keyStore());
        readable(tls.trustStore());
        return new TLS()
                .enabled(true)
                .setProtocols(new String[] {"TLSv1.3"})
                .setClientAuth(TLSClientAuth.NEED)
                .setKeystorePath(tls.keyStore().toString())
                .setKeystorePassword(tls.keyStorePassword())
                .setKeystoreType("pkcs12")
                .setTruststorePath(tls.trustStore().toString())
                .setTruststorePassword(tls.trustStorePassword())
                .setTruststoreType("pkcs12");
    }

    private static void readable(Path store) {
        if (!Files.isReadable(store)) {
            throw new IllegalArgumentException("the key or trust store cannot be read: " + store);
        }
    }

    private static Protocol discovery(MemberConfig config) {
        return switch (config.discovery()) {
            case MemberConfig.Discovery.Hosts hosts -> {
                List<InetSocketAddress> addresses = hosts.addresses();
                yield new TCPPING().<TCPPING>setInitialHosts(addresses).<TCPPING>setPortRange(0);
            }
            case MemberConfig.Discovery.Dns dns -> new DnsDiscovery(dns.name());
        };
    }
}
