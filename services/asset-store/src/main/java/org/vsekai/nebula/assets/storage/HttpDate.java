package org.vsekai.nebula.assets.storage;

import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time as the Date header has it (RFC 9110, 5.6.7), written once a second. Thread-safe. */
@ApplicationScoped
class HttpDate {
    private static final long INTERVAL_MILLIS = 1000;
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final Clock clock;
    private volatile String text;

    HttpDate(Vertx vertx, Clock clock) {
        this.clock = clock;
        this.text = now();
        vertx.setPeriodic(INTERVAL_MILLIS, timer -> text = now());
    }

    private String now() {
        return FORMAT.format(clock.instant().atOffset(ZoneOffset.UTC));
    }

    String text() {
        return text;
    }
}
