package org.vsekai.nebula.stores.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.casync.StoreUnavailableException;

/** Of a server that takes requests and answers none. */
class S3RemovalTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("S3_ACCESS_KEY", "nebula", "S3_SECRET_KEY", "nebula-secret");

    @Test
    void removalThatIsNotAnsweredIsGivenUpInItsTimeAndNotRepeated() throws IOException {
        List<Socket> taken = new CopyOnWriteArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        taken.add(server.accept());
                    }
                } catch (IOException e) {
                    // The test is over.
                }
            });
            S3Options options = S3Options.of("bucket", "", "us-east-1")
                    .at(URI.create("http://127.0.0.1:" + server.getLocalPort()), true);
            try (S3Objects silent = new S3Objects(options, ENVIRONMENT)) {
                long began = System.nanoTime();
                assertThatExceptionOfType(StoreUnavailableException.class)
                        .isThrownBy(() -> silent.removeWithin("a", Duration.ofSeconds(2)));
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
            }
            assertThat(taken).hasSize(1);
        } finally {
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }
}
