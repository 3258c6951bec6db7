package org.vsekai.nebula.kit.ledger;

/** A counter's value. */
public record CounterChange(String name, long value) {}
