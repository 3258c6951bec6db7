package org.vsekai.nebula.kit.production;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CommonRuleTest {
    /** As the Helm chart sets them, with TLS wherever there can be. */
    private static final Map<String, String> SAFE = Map.ofEntries(
            Map.entry("quarkus.http.host", "0.0.0.0"),
            Map.entry("quarkus.http.ssl.certificate.files", "tls.crt"),
            Map.entry("quarkus.grpc.server.host", "0.0.0.0"),
            Map.entry("quarkus.grpc.server.ssl.certificate", "tls.crt"),
            Map.entry("quarkus.datasource.reactive.url", "postgresql://db:26257/nebula?sslmode=verify-full"),
            Map.entry("quarkus.datasource.password", "long"),
            Map.entry("nebula.cache.hosts", "cache-0:11222,cache-1:11222"),
            Map.entry("nebula.cache.user", "nebula"),
            Map.entry("nebula.cache.password", "long"),
            Map.entry("nebula.cache.tls", "true"),
            Map.entry("nebula.ledger.endpoints", "ledger-0:9000,ledger-1:9000"),
            Map.entry("nebula.ledger.trust", "/tls/ca.crt"),
            Map.entry("nebula.auth.operator", "a".repeat(64)),
            Map.entry("nebula.auth.server", "b".repeat(64)));

    private static List<String> findings(Map<String, String> changes) {
        Map<String, String> properties = new HashMap<>(SAFE);
        properties.putAll(changes);
        return new CommonRule(new SmallRyeConfigBuilder()
                        .withSources(new PropertiesConfigSource(properties, "test", 100))
                        .build())
                .findings().stream().map(Finding::name).toList();
    }

    @Test
    void safeSettingsAreNotFound() {
        assertThat(findings(Map.of())).isEmpty();
    }

    @Test
    void whatIsOnThisMachineNeedsNoEncryption() {
        assertThat(findings(Map.of(
                        "quarkus.http.host", "127.0.0.1",
                        "quarkus.http.ssl.certificate.files", "",
                        "quarkus.grpc.server.host", "localhost",
                        "quarkus.grpc.server.ssl.certificate", "",
                        "quarkus.datasource.reactive.url", "postgresql://127.0.0.1:5432/nebula",
                        "nebula.cache.hosts", "127.0.0.1:11222",
                        "nebula.cache.tls", "false",
                        "nebula.ledger.endpoints", "127.0.0.1:9000",
                        "nebula.ledger.trust", "")))
                .isEmpty();
    }

    @Test
    void eachUnsafeSettingIsFound() {
        Map<Map<String, String>, String> unsafe = Map.ofEntries(
                Map.entry(Map.of("quarkus.http.ssl.certificate.files", ""), "plain-http"),
                Map.entry(Map.of("quarkus.grpc.server.ssl.certificate", ""), "plain-grpc"),
                Map.entry(Map.of("quarkus.datasource.password", ""), "no-database-password"),
                Map.entry(Map.of("quarkus.datasource.reactive.url", "postgresql://db:26257/nebula"), "plain-database"),
                Map.entry(Map.of("nebula.cache.user", ""), "no-cache-password"),
                Map.entry(Map.of("nebula.cache.password", ""), "no-cache-password"),
                Map.entry(Map.of("nebula.cache.tls", "false"), "plain-cache"),
                Map.entry(Map.of("nebula.ledger.trust", ""), "plain-ledger"),
                Map.entry(Map.of("nebula.auth.publisher", "B".repeat(64)), "shared-token"),
                Map.entry(
                        Map.of(
                                "nebula.auth.publisher",
                                // of "changeme"
                                "057ba03d6c44104863dc7361fe4578965d1887360f90a0895882e58a6248fc86"),
                        "guessed-token"));
        unsafe.forEach((settings, name) ->
                assertThat(findings(settings)).as(settings.toString()).containsExactly(name));
    }

    @Test
    void whatIsAcceptedIsNotRefusedAndTheRestIsNamed() {
        List<Finding> found = List.of(new Finding("plain-http", "one"), new Finding("plain-grpc", "two"));
        assertThatCode(() -> ProductionCheck.refuse(found, Set.of("plain-http", "plain-grpc")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> ProductionCheck.refuse(found, Set.of("plain-grpc")))
                .isInstanceOf(UnsafeForProductionException.class)
                .hasMessageContaining("plain-http: one")
                .hasMessageNotContaining("two");
    }
}
