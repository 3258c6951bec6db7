package org.vsekai.nebula.kit.ledger;

import java.time.Duration;

/**
 * A lease that somebody has.
 *
 * @param holder as it calls itself
 * @param token fencing token, larger than all that were given before it
 * @param timeToLive from one renewal to the end, in the ledger's time
 */
public record HeldLease(String name, String holder, long token, Duration timeToLive) {}
