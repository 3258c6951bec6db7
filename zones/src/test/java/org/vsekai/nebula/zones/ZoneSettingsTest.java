package org.vsekai.nebula.zones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ZoneSettingsTest {
    private static void takes(Consumer<TestSettings> change) {
        TestSettings settings = new TestSettings();
        change.accept(settings);
        assertThat(settings.build().name()).isEqualTo("z");
    }

    private static void refuses(Consumer<TestSettings> change) {
        TestSettings settings = new TestSettings();
        change.accept(settings);
        assertThatThrownBy(settings::build).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbersHaveBounds() {
        takes(settings -> settings.ticksPerSecond = 1);
        takes(settings -> settings.ticksPerSecond = 60);
        refuses(settings -> settings.ticksPerSecond = 0);
        refuses(settings -> settings.ticksPerSecond = 61);
        takes(settings -> settings.entities = 1);
        takes(settings -> settings.entities = ZoneSettings.MOST_ENTITIES);
        refuses(settings -> settings.entities = 0);
        refuses(settings -> settings.entities = ZoneSettings.MOST_ENTITIES + 1);
        takes(settings -> settings.sessions = ZoneSettings.MOST_SESSIONS);
        refuses(settings -> settings.sessions = 0);
        refuses(settings -> settings.sessions = ZoneSettings.MOST_SESSIONS + 1);
        takes(settings -> settings.bytesPerSecond = 1_024);
        refuses(settings -> settings.bytesPerSecond = 1_023);
        refuses(settings -> settings.updatesPerSecond = 0);
        refuses(settings -> settings.updatesPerSecond = 10_000_001);
    }

    @Test
    void theGridHasBounds() {
        refuses(settings -> settings.cellsX = 0);
        refuses(settings -> settings.cellsZ = 0);
        // Ten metres each: the zone would be longer than a position reaches, or has too many cells.
        takes(settings -> settings.cellsX = (1 << 30) / 10_000);
        refuses(settings -> settings.cellsX = (1 << 30) / 10_000 + 1);
        takes(settings -> settings.cellsX = settings.cellsZ = 1_024);
        refuses(settings -> {
            settings.cellsX = 1_024;
            settings.cellsZ = 1_025;
        });
        refuses(settings -> settings.largestRadius = 0);
        takes(settings -> {
            settings.cellsX = settings.cellsZ = 1_000;
            settings.largestRadius = 290_000;
        });
        refuses(settings -> {
            settings.cellsX = settings.cellsZ = 1_000;
            settings.largestRadius = 300_000;
        });
    }

    @Test
    void componentsHaveNumbersAndNamesOfTheirOwn() {
        ComponentSchema one = new ComponentSchema(1, "one", 8, Persistence.VOLATILE, true);
        refuses(settings ->
                settings.components = List.of(one, new ComponentSchema(1, "two", 8, Persistence.VOLATILE, true)));
        refuses(settings ->
                settings.components = List.of(one, new ComponentSchema(2, "one", 8, Persistence.VOLATILE, true)));
        refuses(settings -> settings.components = Collections.nCopies(33, one));
        assertRefused(() -> new ComponentSchema(0, "a", 8, Persistence.VOLATILE, true));
        assertRefused(() -> new ComponentSchema(33, "a", 8, Persistence.VOLATILE, true));
        assertRefused(() -> new ComponentSchema(1, "", 8, Persistence.VOLATILE, true));
        assertRefused(() -> new ComponentSchema(1, "ä".repeat(33), 8, Persistence.VOLATILE, true));
        assertRefused(() -> new ComponentSchema(1, "a", 0, Persistence.VOLATILE, true));
        assertRefused(() -> new ComponentSchema(1, "a", 4_097, Persistence.VOLATILE, true));
    }

    @Test
    void tiersGrow() {
        Tier last = new Tier(Double.POSITIVE_INFINITY, 4);
        takes(settings -> settings.tiers = List.of(new Tier(0.1, 1), last));
        refuses(settings -> settings.tiers = List.of());
        refuses(settings -> settings.tiers = List.of(new Tier(0.5, 1)));
        refuses(settings -> settings.tiers = List.of(new Tier(0.5, 4), last));
        refuses(settings -> settings.tiers = List.of(new Tier(0.5, 1), new Tier(0.5, 2), last));
        refuses(settings -> settings.tiers = List.of(
                new Tier(0.1, 1),
                new Tier(0.2, 2),
                new Tier(0.3, 4),
                new Tier(0.4, 8),
                new Tier(Double.POSITIVE_INFINITY, 16)));
        assertRefused(() -> new Tier(0, 1));
        assertRefused(() -> new Tier(Double.NaN, 1));
        assertRefused(() -> new Tier(1, 0));
        assertRefused(() -> new Tier(1, 3));
        assertRefused(() -> new Tier(1, 32));
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class);
    }
}
