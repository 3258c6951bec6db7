/**
 * Serialisable transactions that are run again when the database asks for it.
 *
 * <p>In: a function that works on the database through Panache. Out: its result, once committed, or a typed failure
 * that says whether trying again is safe. It never re-runs what may have been committed.
 */
@NullMarked
package org.vsekai.nebula.kit.transaction;

import org.jspecify.annotations.NullMarked;
