/**
 * Writes that touch both the database and another store.
 *
 * <p>In: what is about to be written, and how to tell from the database what became of it. Out: the write, announced to the
 * ledger before it begins and settled when it ends, by its writer or, if that is no more, by the one process that holds the
 * claim {@code intent-recovery}. It never guesses: whoever settles shuts the writer out of the database first and looks then.
 */
@NullMarked
package org.vsekai.nebula.kit.intent;

import org.jspecify.annotations.NullMarked;
