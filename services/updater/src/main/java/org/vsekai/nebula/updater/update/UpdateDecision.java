package org.vsekai.nebula.updater.update;

import java.util.Optional;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.UpdateChain;
import org.vsekai.nebula.updater.semver.SemanticVersion;
import org.vsekai.nebula.updater.version.Version;

/** What a player should do now, and why. */
public sealed interface UpdateDecision {
    /** For people. */
    String reason();

    /** Stay as you are, in {@code mode}. */
    record None(ModeName mode, String reason) implements UpdateDecision {}

    /** Nothing is installed: install the version, in its mode. */
    record Install(Version version, String reason) implements UpdateDecision {}

    /** Go to a higher version of the same mode. */
    record Update(Version version, String reason) implements UpdateDecision {}

    /** Go to another mode and its version, higher or lower. */
    record Switch(Version version, String reason) implements UpdateDecision {}

    /**
     * Decides.
     *
     * <p>The mode at the end of the chain gives the version, if it is active; that modes on the way are not does not
     * matter: retiring a mode and sending its players on is one move. Within a mode the answer is never a lower version.
     *
     * @param chain where the player's mode leads
     * @param newest the highest version of the chain's last mode that is not passed over
     * @param installed the player's version; empty: nothing is installed
     */
    static UpdateDecision decide(UpdateChain chain, Optional<Version> newest, Optional<SemanticVersion> installed) {
        ModeName mode = chain.first().name();
        ModeName target = chain.last().name();
        if (!chain.last().active()) {
            return new None(mode, "mode " + target + " is not active");
        }
        if (newest.isEmpty()) {
            return new None(mode, "mode " + target + " has no version to go to");
        }
        Version version = newest.get();
        if (installed.isEmpty()) {
            return new Install(
                    version, "nothing is installed; " + version.version() + " is the newest of mode " + target);
        }
        if (chain.links().size() > 1) {
            return new Switch(version, "mode " + mode + " sends its players to mode " + target);
        }
        int order = version.version().compareTo(installed.get());
        if (order > 0) {
            return new Update(version, version.version() + " is newer than " + installed.get());
        }
        return new None(
                mode,
                order == 0
                        ? installed.get() + " is the newest version of mode " + mode
                        : "mode " + mode + " has nothing newer than " + installed.get());
    }
}
