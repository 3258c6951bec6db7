package org.vsekai.nebula.launcher.http;

import java.time.Duration;

/**
 * How long a server may take.
 *
 * @param connect to accept a connection
 * @param answer from the request's last byte to the answer's headers
 * @param stall the window in which an answer's body must grow by {@code stallBytes}, else the server counts as down
 * @param stallBytes see {@code stall}
 * @param attempts in all, for requests that may be repeated
 * @param pause before the second attempt; doubled before each further one
 */
public record HttpLimits(
        Duration connect, Duration answer, Duration stall, long stallBytes, int attempts, Duration pause) {
    public static final HttpLimits DEFAULT = new HttpLimits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            20 * 1024,
            3,
            Duration.ofMillis(500));

    public HttpLimits {
        if (attempts < 1 || stallBytes < 1 || stall.isNegative() || stall.isZero()) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /** {@link #DEFAULT} with a stall window, in seconds, from {@code VSEKAI_STALL_SECONDS}; for slow links and for tests. */
    public static HttpLimits fromEnvironment() {
        String seconds = System.getenv("VSEKAI_STALL_SECONDS");
        if (seconds == null || !seconds.matches("[1-9]\\d{0,4}")) {
            return DEFAULT;
        }
        Duration stall = Duration.ofSeconds(Long.parseLong(seconds));
        return new HttpLimits(
                DEFAULT.connect,
                stall.multipliedBy(3),
                stall,
                stall.toSeconds() * 1024,
                DEFAULT.attempts,
                DEFAULT.pause);
    }
}
