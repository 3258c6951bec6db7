package org.vsekai.nebula.benchmarks.ledger;

/** One connection to one member. */
public interface Client extends AutoCloseable {
    /** Counts up a key or counter, by comparing and setting; nobody else may use that name. */
    Operation distinct(String name);

    /** Adds one to what everybody adds to. */
    Operation hot(String name);

    @Override
    void close();
}
