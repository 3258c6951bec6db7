package org.vsekai.nebula.ledger;

/** A named signed number. One that was never set is 0, and one that is 0 is not listed and takes no room. */
public record Counter(String name, long value) {}
