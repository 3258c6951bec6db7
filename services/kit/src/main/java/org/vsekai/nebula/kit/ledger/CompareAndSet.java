package org.vsekai.nebula.kit.ledger;

/**
 * What became of a compare-and-set.
 *
 * @param swapped whether the counter had the expected value and was set
 * @param value the counter as it is afterwards
 */
public record CompareAndSet(boolean swapped, long value) {}
