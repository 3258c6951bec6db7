package org.vsekai.nebula.updater.update;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.ModeNotFoundException;
import org.vsekai.nebula.updater.semver.SemanticVersion;
import org.vsekai.nebula.updater.version.NewestVersions;

/** Finds out what a player should do now. Thread-safe. */
@ApplicationScoped
public class Updates {
    private final NewestVersions newest;

    Updates(NewestVersions newest) {
        this.newest = newest;
    }

    /**
     * By modes and versions as they are or, if another instance has just changed them, as they were at most
     * {@code nebula.updater.mode.max-age} ago. Fails with {@link ModeNotFoundException}.
     *
     * @param installed the player's version; empty: nothing is installed
     */
    public Uni<UpdateDecision> find(ModeName mode, Optional<SemanticVersion> installed) {
        return newest.follow(mode)
                .map(standing -> UpdateDecision.decide(standing.chain(), standing.newest(), installed));
    }
}
