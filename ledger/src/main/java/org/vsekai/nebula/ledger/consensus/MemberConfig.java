package org.vsekai.nebula.ledger.consensus;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.vsekai.nebula.ledger.log.LogOptions;

/**
 * How one member takes part.
 *
 * @param id unique among the members and the same after each restart; 1-64 letters, digits, '-', '_' or '.'
 * @param folder of this member's log, which no other process uses
 * @param bind where the other members reach this one
 * @param members ids of the voters of a new ledger; once there is a log, it knows. A member that is added later is given the
 *     voters that are there already and is not one of them
 * @param discovery how the others are found
 * @param cluster members of different names never talk
 * @param tls mutual TLS; without it, members must be in a network that nobody else reaches
 * @param secret shared by the members, who let nobody join without it
 * @param snapshotBytes bytes of log entries that make the next snapshot due
 */
public record MemberConfig(
        String id,
        Path folder,
        InetSocketAddress bind,
        List<String> members,
        Discovery discovery,
        String cluster,
        Optional<Tls> tls,
        Optional<String> secret,
        LogOptions log,
        long snapshotBytes,
        ProposalLimits limits) {
    /** Most voters that a ledger can have. */
    public static final int MAX_MEMBERS = 7;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public MemberConfig {
        members = List.copyOf(members);
        check(id);
        members.forEach(MemberConfig::check);
        if (members.isEmpty()
                || members.size() > MAX_MEMBERS
                || members.stream().distinct().count() != members.size()) {
            throw new IllegalArgumentException("%s: from 1 to %d different members".formatted(members, MAX_MEMBERS));
        }
        if (cluster.isBlank()) {
            throw new IllegalArgumentException("a cluster without name");
        }
        if (snapshotBytes < 1) {
            throw new IllegalArgumentException("a snapshot is due at any time with " + snapshotBytes + " bytes");
        }
    }

    /** A member without TLS and secret, with the usual bounds. */
    public static MemberConfig of(
            String id, Path folder, InetSocketAddress bind, List<String> members, Discovery discovery) {
        return new MemberConfig(
                id,
                folder,
                bind,
                members,
                discovery,
                "nebula-ledger",
                Optional.empty(),
                Optional.empty(),
                LogOptions.DEFAULT,
                64L << 20,
                ProposalLimits.DEFAULT);
    }

    public MemberConfig withTls(Tls newTls) {
        return new MemberConfig(
                id, folder, bind, members, discovery, cluster, Optional.of(newTls), secret, log, snapshotBytes, limits);
    }

    public MemberConfig withSecret(String newSecret) {
        return new MemberConfig(
                id, folder, bind, members, discovery, cluster, tls, Optional.of(newSecret), log, snapshotBytes, limits);
    }

    public MemberConfig withLog(LogOptions newLog) {
        return new MemberConfig(
                id, folder, bind, members, discovery, cluster, tls, secret, newLog, snapshotBytes, limits);
    }

    public MemberConfig withSnapshotBytes(long bytes) {
        return new MemberConfig(id, folder, bind, members, discovery, cluster, tls, secret, log, bytes, limits);
    }

    static void check(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("'%s' is no member id: %s".formatted(id, ID));
        }
    }

    /** Where the other members are looked for, at start and as long as some are missing. */
    public sealed interface Discovery {
        record Hosts(List<InetSocketAddress> addresses) implements Discovery {
            public Hosts {
                addresses = List.copyOf(addresses);
            }
        }

        /** A name with an address for each member, such as a headless service's; all use the port that this one binds. */
        record Dns(String name) implements Discovery {}
    }

    /**
     * Key and trusted certificates, both PKCS #12. Each side of a connection must show a certificate that the other's trust
     * store leads to.
     */
    public record Tls(Path keyStore, String keyStorePassword, Path trustStore, String trustStorePassword) {
        @Override
        public String toString() {
            return "Tls[keyStore=%s, trustStore=%s]".formatted(keyStore, trustStore);
        }
    }

    @Override
    public String toString() {
        return "MemberConfig[id=%s, folder=%s, bind=%s, members=%s, discovery=%s, cluster=%s, tls=%s, secret=%s]"
                .formatted(id, folder, bind, members, discovery, cluster, tls, secret.isPresent() ? "given" : "none");
    }
}
