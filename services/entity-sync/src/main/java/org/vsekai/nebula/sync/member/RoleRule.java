package org.vsekai.nebula.sync.member;

import jakarta.enterprise.context.Dependent;
import java.util.ArrayList;
import java.util.List;
import org.vsekai.nebula.kit.production.Finding;
import org.vsekai.nebula.kit.production.ProductionRule;
import org.vsekai.nebula.sync.EntitySyncConfig;
import org.vsekai.nebula.sync.ticket.TicketConfig;

/** A ledger that outlives a machine, and tickets that nobody can make. */
@Dependent
class RoleRule implements ProductionRule {
    private static final int FEWEST_DIFFERENT = 8;

    private final EntitySyncConfig config;
    private final TicketConfig tickets;

    RoleRule(EntitySyncConfig config, TicketConfig tickets) {
        this.config = config;
        this.tickets = tickets;
    }

    @Override
    public List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        if (config.role() == EntitySyncConfig.Hosted.ALL) {
            all.add(
                    new Finding(
                            "role-all",
                            "nebula.entity-sync.role is all: a busy zone and a voter of the ledger hold each other up. Use ledger and zones, in processes of their own"));
        }
        if (config.role().hostsLedger()) {
            UnsafeSettings.of(config.member()).forEach(text -> all.add(new Finding("unsafe-member", text)));
            if (config.member().members().map(List::size).orElse(1) < 3) {
                all.add(
                        new Finding(
                                "few-voters",
                                "nebula.entity-sync.ledger.members names fewer than three: nothing is written while one is away, and a lost disk loses it all"));
            }
        }
        if (config.role().hostsZones()
                && tickets.key()
                        .filter(key -> key.chars().distinct().count() < FEWEST_DIFFERENT)
                        .isPresent()) {
            all.add(new Finding(
                    "guessed-tickets-key",
                    "NEBULA_TICKETS_KEY is easily guessed: anybody could make tickets. Use openssl rand -hex 32"));
        }
        return all;
    }
}
