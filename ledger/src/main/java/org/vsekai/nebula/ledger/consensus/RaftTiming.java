package org.vsekai.nebula.ledger.consensus;

import java.time.Duration;

/**
 * How soon the consensus does what it does by itself.
 *
 * @param heartbeat the leader tells followers at least this often that it lives
 * @param electionTimeout a follower that heard from no leader for this long, and up to twice as long by chance, stands for
 *     election; a leader that heard from no majority for as long steps down
 * @param electionSpread after the leader left the view, followers stand within this time, by chance
 * @param resend what was sent and not answered for this long is sent again
 */
record RaftTiming(Duration heartbeat, Duration electionTimeout, Duration electionSpread, Duration resend) {
    static final RaftTiming DEFAULT = new RaftTiming(
            Duration.ofMillis(100), Duration.ofMillis(1_500), Duration.ofMillis(120), Duration.ofMillis(400));

    RaftTiming {
        if (heartbeat.isNegative() || heartbeat.isZero() || electionTimeout.compareTo(heartbeat.multipliedBy(3)) < 0) {
            throw new IllegalArgumentException("an election time-out of %s does not outlast three heartbeats of %s"
                    .formatted(electionTimeout, heartbeat));
        }
    }
}
