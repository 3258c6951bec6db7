package org.vsekai.nebula.kit.ledger;

/**
 * What a watch tells. It begins with {@link Begun}, then comes what there is, then {@link Current}, then each change. A
 * watch that had to begin anew tells {@link Begun} again.
 */
public sealed interface WatchEvent<C> {
    /** Forget what was told so far: what there is now follows. */
    record Begun<C>() implements WatchEvent<C> {}

    /** @param index position in the ledger's log */
    record Changed<C>(long index, C change) implements WatchEvent<C> {}

    /** All that there is has been told; what follows is news. @param index as in {@link Changed} */
    record Current<C>(long index) implements WatchEvent<C> {}
}
