/**
 * Fencing tokens, as the database checks them. In: a resource and a token of the ledger, inside a transaction. Out: the
 * transaction goes on, or fails because a writer with a later token has come or this one has been shut out. A writer that was
 * paused for however long can thus never commit what others have decided without it; {@code docs/decisions/0021} argues it.
 */
@NullMarked
package org.vsekai.nebula.kit.fence;

import org.jspecify.annotations.NullMarked;
