package org.vsekai.nebula.sync.member;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.consensus.MemberConfig;
import org.vsekai.nebula.ledger.consensus.ProposalLimits;
import org.vsekai.nebula.ledger.log.LogOptions;

/** A member's settings as the ledger wants them. What makes no sense is refused by the name of its property. */
final class MemberConfigs {
    private static final String PREFIX = "nebula.entity-sync.ledger.";

    private MemberConfigs() {}

    static MemberConfig of(MemberSettings settings) {
        return new MemberConfig(
                settings.id(),
                settings.folder(),
                new InetSocketAddress(settings.bindHost(), settings.bindPort()),
                settings.members().orElse(List.of(settings.id())),
                discovery(settings.discovery()),
                settings.cluster(),
                tls(settings.tls()),
                settings.secret(),
                settings.fsync() ? LogOptions.DEFAULT : LogOptions.DEFAULT.withFsync(false),
                settings.snapshotBytes(),
                ProposalLimits.DEFAULT);
    }

    private static MemberConfig.Discovery discovery(MemberSettings.Discovery discovery) {
        if (discovery.hosts().isPresent() && discovery.dns().isPresent()) {
            throw new IllegalArgumentException(
                    "set either " + PREFIX + "discovery.hosts or " + PREFIX + "discovery.dns, not both");
        }
        return discovery
                .dns()
                .<MemberConfig.Discovery>map(MemberConfig.Discovery.Dns::new)
                .orElseGet(() -> new MemberConfig.Discovery.Hosts(discovery.hosts().orElse(List.of()).stream()
                        .map(MemberConfigs::address)
                        .toList()));
    }

    /** {@code host:port}; an IPv6 address stands in brackets. */
    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            String host = text.substring(0, Math.max(colon, 0));
            if (!host.isEmpty() && port > 0 && port <= 65_535) {
                // Unresolved would be of no use to the stack; a name that does not resolve yet is looked up at the next
                // start.
                return new InetSocketAddress(host, port);
            }
        } catch (NumberFormatException e) {
            throw malformed(text, e);
        }
        throw malformed(text, null);
    }

    private static IllegalArgumentException malformed(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                PREFIX + "discovery.hosts must list host:port, separated by commas, not " + text, cause);
    }

    private static Optional<MemberConfig.Tls> tls(MemberSettings.Tls tls) {
        List<Optional<?>> parts =
                List.of(tls.keyStore(), tls.keyStorePassword(), tls.trustStore(), tls.trustStorePassword());
        if (parts.stream().allMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        if (parts.stream().anyMatch(Optional::isEmpty)) {
            throw new IllegalArgumentException("set all of " + PREFIX
                    + "tls.key-store, key-store-password, trust-store and" + " trust-store-password, or none");
        }
        return Optional.of(new MemberConfig.Tls(
                tls.keyStore().orElseThrow(),
                tls.keyStorePassword().orElseThrow(),
                tls.trustStore().orElseThrow(),
                tls.trustStorePassword().orElseThrow()));
    }

    static LedgerLimits limits(MemberSettings.Limits limits) {
        return new LedgerLimits(
                limits.counters(),
                limits.leases(),
                limits.claims(),
                limits.pendingIntents(),
                limits.finishedIntents(),
                limits.finishedIntentAge(),
                limits.intentBytes(),
                limits.requests(),
                limits.requestWindow());
    }
}
