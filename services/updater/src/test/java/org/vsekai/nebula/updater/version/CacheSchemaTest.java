package org.vsekai.nebula.updater.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.testing.SchemaLock;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.assets.IndexName;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.semver.SemanticVersion;

class CacheSchemaTest {
    private static final Version VERSION = new Version(
            new UUID(1, 2),
            new ModeName("stable"),
            new SemanticVersion("1.2.3-rc.1+build"),
            true,
            new AssetReference("manifests/" + "a".repeat(64) + ".json"),
            new IndexName("b".repeat(64) + ".caidx"),
            1L << 40,
            Instant.parse("2026-01-02T03:04:05.000006Z"),
            Instant.parse("1969-12-31T23:59:59.999999Z"),
            7);

    @Test
    void whatIsCachedKeepsItsNumbersAndTypes() {
        SchemaLock.check(new VersionCopiesImpl(), Path.of("src/test/resources/updater-cache.lock"));
    }

    @Test
    void aCopyIsTheSameVersion() {
        assertThat(NewestCopy.of(Optional.of(VERSION)).toVersion()).contains(VERSION);
        assertThat(NewestCopy.of(Optional.empty()).toVersion()).isEmpty();
    }

    @Test
    void whatMakesNoVersionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VersionCopy("x", "stable", "1.0.0", false, "m", "i", 1, 1, 1, 1));
    }
}
