package org.vsekai.nebula.ledger.machine;

import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.RequestId;

/**
 * A command as it is sent.
 *
 * @param limits those of the member that sends it
 * @param seenMillis ledger time that this member knew of when it sent it
 */
public record Envelope(RequestId request, long seenMillis, LedgerLimits limits, Command command) {}
