package org.vsekai.nebula.client.entities;

import java.time.Duration;

/**
 * What one session is to be, and its bounds.
 *
 * @param zone to join
 * @param area of interest in the beginning
 * @param patience how long a session tries to join, or to join again, before it gives up. Losses that follow one another within
 *     {@code largestPause} of joining count as one, so that a session that is lost again and again comes to an end too
 * @param attempt how long one attempt may take, from asking for the ticket to being welcomed
 * @param silence after which a stream counts as lost; a server sends at least one frame a second
 * @param firstPause the longest pause before the first attempt after a loss; it doubles for each attempt after. Pauses are drawn at random
 *     between nothing and the longest
 * @param largestPause beyond which pauses do not grow
 * @param mostEntities in view; a server that tells of more is taken to be faulty
 * @param mostStagedMovements entities whose movements wait to be sent
 * @param mostStagedBytes of everything else that waits to be sent
 * @param mostRequests creations, and as many questions of durability but at most 64, that wait for an answer
 */
public record SessionSettings(
        String zone,
        AreaOfInterest area,
        Duration patience,
        Duration attempt,
        Duration silence,
        Duration firstPause,
        Duration largestPause,
        int mostEntities,
        int mostStagedMovements,
        int mostStagedBytes,
        int mostRequests) {

    private static final Duration LONGEST = Duration.ofHours(1);

    public SessionSettings {
        if (zone.isEmpty() || zone.length() > 1024) {
            throw new IllegalArgumentException("a zone's name has 1 to 1024 characters");
        }
        checkDuration("patience", patience);
        checkDuration("attempt", attempt);
        checkDuration("silence", silence);
        checkDuration("firstPause", firstPause);
        checkDuration("largestPause", largestPause);
        if (mostEntities < 1 || mostStagedMovements < 1 || mostStagedBytes < 1 || mostRequests < 1) {
            throw new IllegalArgumentException("bounds must be at least 1");
        }
    }

    private static void checkDuration(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s must be positive and at most %s, not %s".formatted(name, LONGEST, duration));
        }
    }

    /** With an area of interest that sees nothing, half a minute of patience and bounds that no player meets. */
    public static SessionSettings of(String zone) {
        return new SessionSettings(
                zone,
                AreaOfInterest.NOTHING,
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofMillis(800),
                ZoneView.MOST_ENTITIES,
                1 << 16,
                1 << 20,
                4096);
    }

    public SessionSettings withArea(AreaOfInterest newArea) {
        return new SessionSettings(
                zone,
                newArea,
                patience,
                attempt,
                silence,
                firstPause,
                largestPause,
                mostEntities,
                mostStagedMovements,
                mostStagedBytes,
                mostRequests);
    }

    /** See the parameters of the same names. */
    public SessionSettings withTimes(
            Duration newPatience,
            Duration newAttempt,
            Duration newSilence,
            Duration newFirstPause,
            Duration newLargestPause) {
        return new SessionSettings(
                zone,
                area,
                newPatience,
                newAttempt,
                newSilence,
                newFirstPause,
                newLargestPause,
                mostEntities,
                mostStagedMovements,
                mostStagedBytes,
                mostRequests);
    }

    /** See the parameters of the same names. */
    public SessionSettings withBounds(int entities, int stagedMovements, int stagedBytes, int requests) {
        return new SessionSettings(
                zone,
                area,
                patience,
                attempt,
                silence,
                firstPause,
                largestPause,
                entities,
                stagedMovements,
                stagedBytes,
                requests);
    }
}
