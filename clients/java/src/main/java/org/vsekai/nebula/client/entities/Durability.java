package org.vsekai.nebula.client.entities;

/** How safe what was written is; each level promises what the one before does. */
public enum Durability {
    /** Promises nothing after a crash. */
    MEMORY(1),
    /** Survives the loss of one node. */
    REPLICATED(2),
    /** Survives the loss of all nodes. */
    DATABASE(3);

    final int number;

    Durability(int number) {
        this.number = number;
    }
}
