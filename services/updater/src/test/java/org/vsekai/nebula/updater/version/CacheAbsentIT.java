package org.vsekai.nebula.updater.version;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.updater.testing.UpdaterTest;

/** A service whose cache was never there starts, and says so. */
@QuarkusTest
@TestProfile(CacheAbsentIT.NobodyThere.class)
class CacheAbsentIT extends UpdaterTest {
    public static final class NobodyThere implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(DeadAddress.class));
        }
    }

    public static final class DeadAddress implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            // Port 1 is privileged and has had no server for decades.
            return Map.of("nebula.cache.hosts", "127.0.0.1:1");
        }

        @Override
        public void stop() {
            // There is nothing.
        }

        @Override
        public int order() {
            // After NebulaCache, whose address gives way to this one.
            return 10;
        }
    }

    @Test
    void startsAnswersFromTheDatabaseAndSaysThatItIsDegraded() {
        createMode("stable");
        createVersion("stable", "1.0.0");

        given().get("/api/v1/modes/stable/update").then().statusCode(200).body("version", equalTo("1.0.0"));
        given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP"));
        assertThat(given().get("/q/health/ready").<String>path("checks.find { it.name == 'cache' }.data.state"))
                .isEqualTo("degraded");
    }
}
