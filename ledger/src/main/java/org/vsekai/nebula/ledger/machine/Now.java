package org.vsekai.nebula.ledger.machine;

import java.time.Instant;

/** The moment at which a command is carried out: ledger time, which decides, and the leader's clock, for people. */
record Now(long millis, Instant wall) {}
