package org.vsekai.nebula.sync.temporary;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.api.cache.v1.CacheEntry;
import org.vsekai.nebula.api.cache.v1.DeleteEntryRequest;
import org.vsekai.nebula.api.cache.v1.GetEntryRequest;
import org.vsekai.nebula.api.cache.v1.PutEntryRequest;
import org.vsekai.nebula.api.cache.v1.TemporaryCacheGrpc;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.testing.NebulaCache;
import org.vsekai.nebula.kit.testing.TestTokens;
import org.vsekai.nebula.sync.testing.SingleMember;

@QuarkusTest
@QuarkusTestResource(SingleMember.class)
@QuarkusTestResource(NebulaCache.class)
@QuarkusTestResource(TemporaryIT.LittleRoom.class)
class TemporaryIT {
    private static final String ENTRIES = "/api/v1/temporary/entries";
    private static final String TYPE = "type.googleapis.com/game.Score";
    private static final int ROOM_BYTES = 1 << 20;

    public static final class LittleRoom implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            return Map.of(
                    "nebula.entity-sync.temporary.node-size",
                    Integer.toString(ROOM_BYTES),
                    "nebula.entity-sync.role",
                    "all");
        }

        @Override
        public int order() {
            // After SingleMember, which hosts nothing else.
            return 10;
        }

        @Override
        public void stop() {
            // There is nothing.
        }
    }

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    private final String key = "key " + UUID.randomUUID() + " é";
    private ManagedChannel channel;
    private TemporaryCacheGrpc.TemporaryCacheBlockingStub cache;

    @BeforeEach
    void connect() {
        Metadata token = new Metadata();
        token.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                TestTokens.bearer(TestTokens.SERVER));
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .intercept(MetadataUtils.newAttachHeadersInterceptor(token))
                .build();
        cache = TemporaryCacheGrpc.newBlockingStub(channel);
        NebulaCache.node().restart(0);
        eventually(() -> put("warm", new byte[] {1}, null).statusCode(200));
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void anEntryIsFoundByKeyAndByIdUntilItIsReplaced() {
        byte[] value = {0, 1, 2, (byte) 0xff};
        String id = put(key, value, 60_000L).statusCode(200).extract().path("id");

        byKey(key)
                .statusCode(200)
                .body("id", equalTo(id))
                .body("value.type_url", equalTo(TYPE))
                .body("value.value", equalTo(Base64.getEncoder().encodeToString(value)));
        byId(id).statusCode(200).body("key", equalTo(key));

        put(key, new byte[] {9}, 60_000L).statusCode(200).body("id", not(equalTo(id)));
        byId(id).statusCode(404).body("code", equalTo("ENTRY_NOT_FOUND"));
        assertThat(cache.getEntry(GetEntryRequest.newBuilder().setKey(key).build())
                        .getValue()
                        .getValue())
                .isEqualTo(ByteString.copyFrom(new byte[] {9}));
    }

    @Test
    void anEntryOfAnyTypeGoesThroughGrpcAsItIs() {
        Any value = Any.newBuilder()
                .setTypeUrl(TYPE)
                .setValue(ByteString.copyFromUtf8("\u0000whatever"))
                .build();
        CacheEntry entry = cache.putEntry(PutEntryRequest.newBuilder()
                .setKey(key)
                .setValue(value)
                .setTimeToLive(com.google.protobuf.Duration.newBuilder().setSeconds(30))
                .build());

        assertThat(cache.getEntry(
                        GetEntryRequest.newBuilder().setId(entry.getId()).build()))
                .isEqualTo(entry);
        assertThat(entry.getValue()).isEqualTo(value);
        assertThat(Instant.ofEpochSecond(entry.getExpiresAt().getSeconds()))
                .isBetween(Instant.now().plusSeconds(20), Instant.now().plusSeconds(31));

        var unused = cache.deleteEntry(
                DeleteEntryRequest.newBuilder().setId(entry.getId()).build());
        unused = cache.deleteEntry(DeleteEntryRequest.newBuilder().setKey(key).build());
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() ->
                        cache.getEntry(GetEntryRequest.newBuilder().setKey(key).build()))
                .satisfies(
                        failure -> assertThat(GrpcStatuses.findReason(failure)).contains("ENTRY_NOT_FOUND"));
    }

    @Test
    void anEntryEndsWithItsTime() {
        Duration time = Duration.ofSeconds(3);
        long begunNanos = System.nanoTime();
        put(key, new byte[] {1}, time.toMillis()).statusCode(200);
        int found = byKey(key).extract().statusCode();
        // On a busy machine the look may come late.
        if (System.nanoTime() - begunNanos < time.toNanos()) {
            assertThat(found).isEqualTo(200);
        }

        eventually(() -> byKey(key).statusCode(404));
    }

    @Test
    void whenRoomIsNeededSomeEntriesGo() {
        byte[] value = new byte[32 << 10];
        int entries = 3 * ROOM_BYTES / value.length;
        for (int i = 0; i < entries; i++) {
            put(key + i, value, 60_000L).statusCode(200);
        }

        long left = IntStream.range(0, entries)
                .filter(i -> byKey(key + i).extract().statusCode() == 200)
                .count();
        assertThat(left).isBetween(1L, (long) ROOM_BYTES / value.length);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 86_400_001, Long.MAX_VALUE})
    void aTimeToLiveOutsideItsBoundsIsRefused(long millis) {
        put(key, new byte[] {1}, millis).statusCode(400).body("code", equalTo("INVALID_TIME_TO_LIVE"));
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000_000_000_000_000L, -100_000_000_000_000_000L, 315_576_000_000L})
    void aTimeToLiveThatMillisecondsCannotCountIsRefused(long seconds) {
        PutEntryRequest request = PutEntryRequest.newBuilder()
                .setKey(key)
                .setValue(Any.newBuilder().setTypeUrl(TYPE))
                .setTimeToLive(com.google.protobuf.Duration.newBuilder().setSeconds(seconds))
                .build();
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> cache.putEntry(request))
                .satisfies(
                        failure -> assertThat(GrpcStatuses.findReason(failure)).contains("INVALID_TIME_TO_LIVE"));
    }

    @Test
    void keysValuesAndIdsOutsideTheirBoundsAreRefused() {
        put("", new byte[] {1}, null).statusCode(400).body("code", equalTo("INVALID_ENTRY_KEY"));
        put("é".repeat(129), new byte[] {1}, null).statusCode(400).body("code", equalTo("INVALID_ENTRY_KEY"));
        put("a\nb", new byte[] {1}, null).statusCode(400).body("code", equalTo("INVALID_ENTRY_KEY"));
        put("é".repeat(128), new byte[] {1}, null).statusCode(200);
        put(key, new byte[(32 << 10) + 1], null).statusCode(413).body("code", equalTo("ENTRY_TOO_LARGE"));
        byId("no-uuid").statusCode(400).body("code", equalTo("INVALID_ENTRY_ID"));
        server().body(Map.of("key", key, "value", Map.of("value", "AA==")))
                .post(ENTRIES)
                .then()
                .statusCode(400)
                .body("code", equalTo("ENTRY_TYPE_REQUIRED"));
        server().body(Map.of("key", key)).post(ENTRIES).then().statusCode(400);
    }

    @Test
    void gameServersAloneMayUseIt() {
        given().get(ENTRIES + "?key=x").then().statusCode(401);
        given().header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .get(ENTRIES + "?key=x")
                .then()
                .statusCode(403);
    }

    @Test
    void withoutTheCacheCallsAreRefusedInTimeAndWorkAgainWhenItReturns() {
        NebulaCache.node().kill(0);
        long begunNanos = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            put(key, new byte[] {1}, null).statusCode(503).body("code", equalTo("CACHE_UNAVAILABLE"));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isLessThan(Duration.ofSeconds(30));
        given().get("/q/health/ready").then().statusCode(200);

        NebulaCache.node().restart(0);

        eventually(() -> put(key, new byte[] {1}, null).statusCode(200));
        byKey(key).statusCode(200);
    }

    private static ValidatableResponse put(String key, byte[] value, Long timeToLiveMillis) {
        Map<String, Object> body = new HashMap<>();
        body.put("key", key);
        body.put("value", Map.of("type_url", TYPE, "value", Base64.getEncoder().encodeToString(value)));
        if (timeToLiveMillis != null) {
            body.put("time_to_live_millis", timeToLiveMillis);
        }
        return server().body(body).post(ENTRIES).then();
    }

    private static ValidatableResponse byKey(String key) {
        return server().queryParam("key", key).get(ENTRIES).then();
    }

    private static ValidatableResponse byId(String id) {
        return server().get(ENTRIES + "/" + id).then();
    }

    private static RequestSpecification server() {
        return given().header("Authorization", TestTokens.bearer(TestTokens.SERVER))
                .contentType(ContentType.JSON);
    }
}
