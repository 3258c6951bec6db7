package org.vsekai.nebula.casync.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vsekai.nebula.casync.StoreUnavailableException;

@Timeout(60)
class HttpRangesTest {
    private static final HttpStoreOptions QUICK = new HttpStoreOptions(
            null,
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofSeconds(20),
            Duration.ofMillis(300),
            4096,
            3,
            Duration.ofMillis(5));

    private final byte[] file = new byte[200_000];
    private final CountDownLatch testOver = new CountDownLatch(1);
    private RangeServer server;
    private RangeServer mirror;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(file);
        server = new RangeServer(file);
        mirror = new RangeServer(file);
    }

    @AfterEach
    void stop() {
        testOver.countDown();
        server.close();
        mirror.close();
    }

    private HttpRanges open(RangeServer... servers) {
        return new HttpRanges(Arrays.stream(servers).map(RangeServer::uri).toList(), file.length, QUICK);
    }

    private void assertReads(HttpRanges ranges, int offset, int length) {
        ByteBuffer target = ByteBuffer.allocateDirect(length);
        ranges.read(offset, target);
        byte[] read = new byte[length];
        target.flip().get(read);
        assertThat(read).isEqualTo(Arrays.copyOfRange(file, offset, offset + length));
    }

    @Test
    void readsTheRangeWithOneRequest() {
        try (HttpRanges ranges = open(server)) {
            assertReads(ranges, 1000, 100_000);
            assertReads(ranges, 0, 1);
            assertThat(server.ranges).containsExactly("bytes=1000-100999", "bytes=0-0");
            assertThat(ranges.requests()).isEqualTo(2);
            assertThat(ranges.receivedBytes()).isEqualTo(100_001);
        }
    }

    @Test
    void asksTheNextMirrorForTheRestOfAnAnswerThatBrokeOff() {
        server.fault = (exchange, first, last) -> server.send(exchange, first, last, 40_000);
        try (HttpRanges ranges = open(server, mirror)) {
            assertReads(ranges, 0, 150_000);
            assertThat(server.ranges).hasSize(1);
            assertThat(mirror.ranges).singleElement().asString().endsWith("-149999");
            assertThat(ranges.receivedBytes()).isEqualTo(150_000);
        }
    }

    @Test
    void remembersTheMirrorThatAnswered() {
        server.fault = (exchange, first, last) -> exchange.sendResponseHeaders(404, -1);
        try (HttpRanges ranges = open(server, mirror)) {
            assertReads(ranges, 0, 10);
            assertReads(ranges, 10, 10);
            assertThat(server.ranges).hasSize(1);
        }
    }

    @Test
    void givesUpAServerThatSendsNearlyNothing() {
        server.fault = (exchange, first, last) -> {
            server.send(exchange, first, last, 10);
            try {
                assertThat(testOver.await(1, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        };
        try (HttpRanges ranges = open(server)) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> ranges.read(0, ByteBuffer.allocate(100_000)))
                    .withMessageContaining("3 attempts")
                    .withMessageContaining("stalled");
        }
    }

    @Test
    void refusesAnotherRangeThanAskedForAndAnotherSize() {
        List<RangeServer.Fault> faults = List.of(
                (exchange, first, last) -> server.send(exchange, first + 1, last + 1, last - first + 1),
                (exchange, first, last) -> {
                    exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/7".formatted(first, last));
                    exchange.sendResponseHeaders(206, 0);
                },
                (exchange, first, last) -> {
                    exchange.sendResponseHeaders(200, file.length);
                    exchange.getResponseBody().write(file);
                });
        try (HttpRanges ranges = open(server)) {
            for (RangeServer.Fault fault : faults) {
                server.fault = fault;
                assertThatExceptionOfType(StoreUnavailableException.class)
                        .isThrownBy(() -> ranges.read(5, ByteBuffer.allocate(10)));
            }
        }
    }

    @Test
    void takesAWholeFileWhereAllOfItWasAskedFor() {
        server.fault = (exchange, first, last) -> {
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file);
        };
        try (HttpRanges ranges = open(server)) {
            assertReads(ranges, 0, file.length);
        }
    }

    @Test
    void refusesRangesBeyondTheFileAndUrlsWithCredentials() {
        try (HttpRanges ranges = open(server)) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> ranges.read(file.length - 5, ByteBuffer.allocate(6)));
            assertThat(server.ranges).isEmpty();
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HttpRanges(List.of(URI.create("http://a:b@host/x")), 1, QUICK));
    }
}
