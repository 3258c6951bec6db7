package org.vsekai.nebula.ledger.consensus;

/** The member cannot take part: its address is taken, it was not let in, or the stack refused its configuration. */
public final class MemberStartException extends Exception {
    MemberStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
