package org.vsekai.nebula.ledger;

import java.net.InetSocketAddress;
import java.util.List;
import org.vsekai.nebula.ledger.consensus.MemberConfig;
import org.vsekai.nebula.ledger.consensus.MemberStatus;
import org.vsekai.nebula.ledger.consensus.ProposalLimits;
import org.vsekai.nebula.ledger.log.LogOptions;

/** The settings of members that are started by tests; small segments, as a large one takes long to make. */
final class MemberPlaces {
    private MemberPlaces() {}

    /** @param known every member that may be there; whoever is not one of the first three joins later */
    static MemberConfig config(LedgerProcess.Place place, List<LedgerProcess.Place> known) {
        List<InetSocketAddress> addresses = known.stream()
                .map(other -> new InetSocketAddress("127.0.0.1", other.port()))
                .toList();
        List<String> voters =
                known.stream().map(LedgerProcess.Place::id).limit(3).toList();
        MemberConfig usual = MemberConfig.of(
                place.id(),
                place.folder(),
                new InetSocketAddress("127.0.0.1", place.port()),
                voters,
                new MemberConfig.Discovery.Hosts(addresses));
        ProposalLimits limits = usual.limits();
        return new MemberConfig(
                usual.id(),
                usual.folder(),
                usual.bind(),
                usual.members(),
                usual.discovery(),
                usual.cluster(),
                usual.tls(),
                usual.secret(),
                LogOptions.DEFAULT
                        .withSegmentBytes(Integer.getInteger("ledger.segment-bytes", 4 << 20))
                        .withCacheBytes(Long.getLong("ledger.cache-bytes", LogOptions.DEFAULT.cacheBytes()))
                        .withFsync(!Boolean.getBoolean("ledger.without-fsync")),
                Integer.getInteger("ledger.snapshot-bytes", 64 << 20),
                new ProposalLimits(
                        limits.commandBytes(),
                        limits.waiting(),
                        limits.waitingBytes(),
                        limits.forwarded(),
                        Integer.getInteger("ledger.batch", limits.batchCommands()),
                        limits.batchBytes()));
    }

    static String status(Ledger ledger) {
        MemberStatus status = ledger.status();
        return "ok %s %s %d %d %d %d"
                .formatted(
                        status.role(),
                        status.leader().orElse("-"),
                        status.commitIndex(),
                        status.appliedIndex(),
                        status.snapshotIndex(),
                        status.lastIndex());
    }
}
