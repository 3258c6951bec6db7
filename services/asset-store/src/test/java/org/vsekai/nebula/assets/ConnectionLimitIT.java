package org.vsekai.nebula.assets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** More callers than the service takes. */
@QuarkusTest
@TestProfile(ConnectionLimitIT.FewConnections.class)
@QuarkusTestResource(StoreResource.class)
class ConnectionLimitIT {
    private static final int LIMIT = 20;
    private static final String ABSENT = "/chunks/0000/" + "0".repeat(64) + ".cacnk";

    @TestHTTPResource("/")
    URI server;

    public static final class FewConnections implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.http.limits.max-connections", Integer.toString(LIMIT));
        }
    }

    @Test
    void connectionsAreBoundedAndASlotComesBack() throws Exception {
        List<RawHttp> open = new ArrayList<>();
        try {
            for (int i = 0; i < LIMIT; i++) {
                RawHttp http = new RawHttp(server);
                open.add(http);
                assertThat(http.ask("GET", ABSENT).status()).isEqualTo(404);
            }
            RawHttp refused = new RawHttp(server);
            open.add(refused);
            refused.send(RawHttp.request("GET", ABSENT));
            assertThat(refused.isClosedByServer()).isTrue();
            assertThat(open.getFirst().ask("GET", ABSENT).status()).isEqualTo(404);
        } finally {
            for (RawHttp http : open) {
                http.close();
            }
        }
        eventually(() -> assertThat(isServed()).isTrue());
    }

    private boolean isServed() {
        try (RawHttp http = new RawHttp(server)) {
            return http.ask("GET", ABSENT).status() == 404;
        } catch (SocketException | EOFException e) {
            return false; // the slots are not free yet
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
