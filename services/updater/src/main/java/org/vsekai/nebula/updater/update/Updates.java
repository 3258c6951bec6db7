package org.vsekai.nebula.updater.update;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.vsekai.nebula.kit.transaction.Transactions;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.ModeNotFoundException;
import org.vsekai.nebula.updater.mode.Modes;
import org.vsekai.nebula.updater.semver.SemanticVersion;
import org.vsekai.nebula.updater.version.Versions;

/** Finds out what a player should do now. Thread-safe. */
@ApplicationScoped
public class Updates {
    private final Modes modes;
    private final Versions versions;
    private final Transactions transactions;

    Updates(Modes modes, Versions versions, Transactions transactions) {
        this.modes = modes;
        this.versions = versions;
        this.transactions = transactions;
    }

    /**
     * Modes and versions are read as of one moment. Fails with {@link ModeNotFoundException}.
     *
     * @param installed the player's version; empty: nothing is installed
     */
    public Uni<UpdateDecision> find(ModeName mode, Optional<SemanticVersion> installed) {
        return transactions.inTransaction(() -> modes.follow(mode).flatMap(chain -> versions.findNewest(chain)
                .map(newest -> UpdateDecision.decide(chain, newest, installed))));
    }
}
