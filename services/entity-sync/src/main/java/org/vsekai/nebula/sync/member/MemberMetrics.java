package org.vsekai.nebula.sync.member;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.LedgerView;
import org.vsekai.nebula.ledger.consensus.MemberStatus;
import org.vsekai.nebula.sync.EntitySyncConfig;

/** The member's figures, read anew at each scrape. Without a member they are not there, or NaN once it has stopped. */
@ApplicationScoped
class MemberMetrics {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final double NANOS_PER_SECOND = 1e9;

    private final LedgerHost host;
    private final EntitySyncConfig config;
    private final MeterRegistry registry;

    MemberMetrics(LedgerHost host, EntitySyncConfig config, MeterRegistry registry) {
        this.host = host;
        this.config = config;
        this.registry = registry;
    }

    void register(@Observes StartupEvent event) {
        if (!host.isHosted()) {
            return;
        }
        gauge("nebula.ledger.term", "The election that the member last heard of", MemberStatus::term);
        gauge(
                "nebula.ledger.leading",
                "1 while the member leads, else 0",
                status -> status.role() == MemberStatus.Role.LEADER ? 1 : 0);
        gauge(
                "nebula.ledger.has.leader",
                "1 while the member knows a leader; 0 in a minority",
                status -> status.leader().isPresent() ? 1 : 0);
        gauge(
                "nebula.ledger.halted",
                "1 if the member has stopped itself",
                status -> status.failure().isPresent() ? 1 : 0);
        gauge("nebula.ledger.commit.index", "The last entry known to be on a majority", MemberStatus::commitIndex);
        gauge("nebula.ledger.last.index", "The last entry of the member's log", MemberStatus::lastIndex);
        gauge(
                "nebula.ledger.applied.index",
                "The last entry that the state machine has seen",
                MemberStatus::appliedIndex);
        gauge(
                "nebula.ledger.snapshot.index",
                "The last entry that the newest snapshot covers",
                MemberStatus::snapshotIndex);
        gauge("nebula.ledger.log.bytes", "Bytes of entries since the newest snapshot", MemberStatus::logBytes);
        gauge("nebula.ledger.members", "Members that vote", status -> status.members()
                .size());
        counter("nebula.ledger.fsyncs", "How often the log was synchronised", MemberStatus::fsyncs);
        counter(
                "nebula.ledger.fsync.seconds",
                "How long that took in all",
                status -> status.fsyncNanos() / NANOS_PER_SECOND);
        counter(
                "nebula.ledger.apply.seconds",
                "Time spent in the state machine",
                status -> status.applyNanos() / NANOS_PER_SECOND);
        config.member().members().ifPresent(members -> members.stream()
                .filter(id -> !id.equals(config.member().id()))
                .forEach(this::lag));
        size("counters", "Counters other than 0", LedgerView.Sizes::counters);
        size("leases", "Leases held", LedgerView.Sizes::leases);
        size("claims", "Claims held", LedgerView.Sizes::claims);
        size("intents.pending", "Intents begun and not finished", LedgerView.Sizes::pendingIntents);
        size("intents.finished", "Finished intents that are still kept", LedgerView.Sizes::finishedIntents);
        size("requests.remembered", "Request ids that are remembered", LedgerView.Sizes::requests);
    }

    private void gauge(String name, String description, ToDoubleFunction<MemberStatus> figure) {
        Gauge.builder(name, host, ignored -> figure(figure))
                .description(description)
                .register(registry);
    }

    private void counter(String name, String description, ToDoubleFunction<MemberStatus> figure) {
        FunctionCounter.builder(name, host, ignored -> figure(figure))
                .description(description)
                .register(registry);
    }

    private void lag(String peer) {
        Gauge.builder(
                        "nebula.ledger.peer.lag",
                        host,
                        ignored -> figure(status -> {
                            @Nullable Long match = status.matchIndices().get(peer);
                            return match == null ? Double.NaN : Math.max(0, status.lastIndex() - match);
                        }))
                .description("Entries that the leader has and the peer is not known to have; NaN on a follower")
                .tags(Tags.of("peer", peer))
                .register(registry);
    }

    private double figure(ToDoubleFunction<MemberStatus> figure) {
        return host.findStatus().map(figure::applyAsDouble).orElse(Double.NaN);
    }

    private void size(String name, String description, ToDoubleFunction<LedgerView.Sizes> figure) {
        Gauge.builder("nebula.ledger." + name, host, ignored -> sizes().map(figure::applyAsDouble)
                        .orElse(Double.NaN))
                .description(description)
                .register(registry);
    }

    /** What the member has applied; nothing of it waits for the others, and it does not block for long. */
    private Optional<LedgerView.Sizes> sizes() {
        return host.findSizes(PATIENCE);
    }
}
