package org.vsekai.nebula.updater.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.UpdateChain;
import org.vsekai.nebula.updater.semver.SemanticVersion;
import org.vsekai.nebula.updater.version.Version;

class UpdateDecisionTest {
    private static final UpdateChain.Link STABLE = link(1, "stable", true, Optional.empty());
    private static final UpdateChain OWN = new UpdateChain(List.of(STABLE));
    private static final UpdateChain SENT =
            new UpdateChain(List.of(link(2, "beta", true, Optional.of(STABLE.id())), STABLE));

    @Test
    void installsTheNewestWhereNothingIsInstalled() {
        assertThat(UpdateDecision.decide(OWN, version("0.2.0"), Optional.empty()))
                .isInstanceOfSatisfying(
                        UpdateDecision.Install.class,
                        it -> assertThat(it.version().version()).hasToString("0.2.0"));
    }

    @Test
    void installsFromTheModeThatPlayersAreSentTo() {
        assertThat(UpdateDecision.decide(SENT, version("0.2.0"), Optional.empty()))
                .isInstanceOfSatisfying(
                        UpdateDecision.Install.class,
                        it -> assertThat(it.version().mode()).hasToString("stable"));
    }

    @Test
    void updatesToAHigherVersion() {
        assertThat(UpdateDecision.decide(OWN, version("0.10.0"), installed("0.9.0")))
                .isInstanceOf(UpdateDecision.Update.class);
        assertThat(UpdateDecision.decide(OWN, version("1.0.0"), installed("1.0.0-rc.1")))
                .isInstanceOf(UpdateDecision.Update.class);
    }

    @Test
    void neverGoesLowerWithinAMode() {
        for (String installed : List.of("0.2.0", "0.2.0+other", "0.2.1", "1.0.0-alpha", "9.0.0")) {
            assertThat(UpdateDecision.decide(OWN, version("0.2.0"), installed(installed)))
                    .as(installed)
                    .isInstanceOfSatisfying(UpdateDecision.None.class, it -> {
                        assertThat(it.mode()).hasToString("stable");
                        assertThat(it.reason()).contains(installed);
                    });
        }
    }

    @Test
    void switchesToAHigherEqualOrLowerVersionOfAnotherMode() {
        for (String installed : List.of("0.1.0", "0.2.0", "0.3.0")) {
            assertThat(UpdateDecision.decide(SENT, version("0.2.0"), installed(installed)))
                    .as(installed)
                    .isInstanceOfSatisfying(UpdateDecision.Switch.class, it -> {
                        assertThat(it.version().mode()).hasToString("stable");
                        assertThat(it.version().version()).hasToString("0.2.0");
                    });
        }
    }

    @Test
    void staysWhereThereIsNoVersion() {
        assertThat(UpdateDecision.decide(OWN, Optional.empty(), Optional.empty()))
                .isInstanceOf(UpdateDecision.None.class);
        assertThat(UpdateDecision.decide(SENT, Optional.empty(), installed("0.1.0")))
                .isInstanceOfSatisfying(UpdateDecision.None.class, it -> {
                    assertThat(it.mode()).hasToString("beta");
                    assertThat(it.reason()).contains("stable");
                });
    }

    @Test
    void staysWhereTheModeIsNotActive() {
        UpdateChain closed = new UpdateChain(List.of(link(1, "stable", false, Optional.empty())));
        assertThat(UpdateDecision.decide(closed, version("0.2.0"), installed("0.1.0")))
                .isInstanceOfSatisfying(
                        UpdateDecision.None.class, it -> assertThat(it.reason()).contains("not active"));
        assertThat(UpdateDecision.decide(closed, version("0.2.0"), Optional.empty()))
                .isInstanceOf(UpdateDecision.None.class);
    }

    @Test
    void aRetiredModeStillSendsItsPlayersOn() {
        UpdateChain retired = new UpdateChain(List.of(link(2, "beta", false, Optional.of(STABLE.id())), STABLE));
        assertThat(UpdateDecision.decide(retired, version("0.2.0"), installed("0.1.0")))
                .isInstanceOf(UpdateDecision.Switch.class);
    }

    private static UpdateChain.Link link(int id, String name, boolean active, Optional<UUID> next) {
        return new UpdateChain.Link(new UUID(0, id), new ModeName(name), active, next, 1);
    }

    private static Optional<SemanticVersion> installed(String version) {
        return Optional.of(new SemanticVersion(version));
    }

    private static Optional<Version> version(String version) {
        IndexName index = new IndexName("ab".repeat(32) + ".caidx");
        return Optional.of(new Version(
                new UUID(1, 1),
                new ModeName("stable"),
                new SemanticVersion(version),
                false,
                new AssetReference("manifests/x.json"),
                index,
                10,
                Instant.EPOCH,
                Instant.EPOCH,
                1));
    }
}
