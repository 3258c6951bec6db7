package org.vsekai.nebula.ledger.machine;

/** The one sequence that every lease, claim and intent takes its token from; 0 before the first. */
final class Tokens {
    private long last;

    Tokens(long last) {
        this.last = last;
    }

    long next() {
        return ++last;
    }

    long last() {
        return last;
    }
}
