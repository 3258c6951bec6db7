package org.vsekai.nebula.kit.ledger;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How a service reaches the ledger; {@link LedgerEndpoints} says what each means. */
@ConfigMapping(prefix = "nebula.ledger")
interface LedgerConfig {
    /** {@code host:port} of the gRPC server of each member, separated by commas. Environment: {@code NEBULA_LEDGER_ENDPOINTS}. */
    Optional<List<String>> endpoints();

    /** A token of role server. Environment: {@code NEBULA_LEDGER_TOKEN}. */
    Optional<String> token();

    /** PEM file of certificates to trust; without it the connection is plain. */
    Optional<Path> trust();

    /** How long a call may take in all, with what is tried at several members. */
    @WithDefault("10s")
    Duration deadline();

    /** How long one member may take before the next is asked. */
    @WithDefault("2s")
    Duration attempt();

    /** The pause before the second attempt; it doubles with each. */
    @WithDefault("20ms")
    Duration initialBackoff();

    /** No pause is longer than this. */
    @WithDefault("1s")
    Duration maxBackoff();

    /** Calls that may be under way; one more fails at once. */
    @WithDefault("4096")
    int maxInFlight();

    /** Of this process's own lease: how long nobody can take over what a process that died has claimed. */
    @WithDefault("15s")
    Duration leaseTimeToLive();
}
