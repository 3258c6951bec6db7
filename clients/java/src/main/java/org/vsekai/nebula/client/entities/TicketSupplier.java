package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletionStage;

/** Where tickets come from. They are short-lived, so one is asked for before each attempt to join. */
@FunctionalInterface
public interface TicketSupplier {
    /**
     * Called on the session's thread, which it must not hold up. A failure is one of the attempt, and so is a ticket that does not come
     * within the time of an attempt.
     */
    CompletionStage<ByteString> ticket(String zone);
}
