package org.vsekai.nebula.ledger;

/** A running watch. Thread-safe. */
public interface Watch extends AutoCloseable {
    /** Stops it. The listener is told the end, unless another end came first. */
    @Override
    void close();
}
