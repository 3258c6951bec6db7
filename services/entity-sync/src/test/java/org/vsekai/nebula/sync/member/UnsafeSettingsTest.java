package org.vsekai.nebula.sync.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.sync.EntitySyncConfig;

class UnsafeSettingsTest {
    private static final String LEDGER = "nebula.entity-sync.ledger.";

    private static EntitySyncConfig config(Map<String, String> properties) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(EntitySyncConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 500))
                .build();
        return config.getConfigMapping(EntitySyncConfig.class);
    }

    private static List<String> unsafe(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(LEDGER + keysAndValues[i], keysAndValues[i + 1]);
        }
        return UnsafeSettings.of(config(properties).member());
    }

    @Test
    void lonelyMemberOnItsOwnMachineIsSafe() {
        assertThat(unsafe()).isEmpty();
    }

    @Test
    void logWithoutFsyncIsUnsafe() {
        assertThat(unsafe("fsync", "false")).singleElement().asString().startsWith(LEDGER + "fsync");
    }

    @Test
    void severalMembersNeedASecret() {
        assertThat(unsafe("members", "a,b,c")).singleElement().asString().startsWith(LEDGER + "secret");
        assertThat(unsafe("members", "a,b,c", "secret", "short")).hasSize(1);
        assertThat(unsafe("members", "a,b,c", "secret", "0123456789abcdef")).isEmpty();
    }

    @Test
    void memberOnTheNetworkNeedsTls() {
        assertThat(unsafe("bind-host", "0.0.0.0")).hasSize(2);
        assertThat(unsafe("bind-host", "0.0.0.0", "secret", "0123456789abcdef"))
                .singleElement()
                .asString()
                .startsWith(LEDGER + "tls.key-store");
        assertThat(unsafe("bind-host", "0.0.0.0", "secret", "0123456789abcdef", "tls.key-store", "/k.p12"))
                .isEmpty();
    }

    @Test
    void settingThatNobodyKnowsIsRefused() {
        assertThatThrownBy(() -> unsafe("fsnyc", "true")).hasMessageContaining("fsnyc");
    }
}
