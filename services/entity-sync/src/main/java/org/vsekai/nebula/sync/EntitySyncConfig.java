package org.vsekai.nebula.sync;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import org.vsekai.nebula.sync.member.MemberSettings;

/** What this process hosts, and how. */
@ConfigMapping(prefix = "nebula.entity-sync")
public interface EntitySyncConfig {
    /** What this process hosts. Environment: {@code NEBULA_ENTITY_SYNC_ROLE}. */
    @WithDefault("all")
    Hosted role();

    /** Of use where {@link #role} hosts the ledger. */
    @WithName("ledger")
    MemberSettings member();

    /** What a process hosts. */
    enum Hosted {
        /** A member of the ledger, that votes. */
        LEDGER,
        /** Zones, and the caches beside them. */
        ZONES,
        /** Both; for one machine. */
        ALL;

        public boolean hostsLedger() {
            return this != ZONES;
        }

        public boolean hostsZones() {
            return this != LEDGER;
        }
    }
}
