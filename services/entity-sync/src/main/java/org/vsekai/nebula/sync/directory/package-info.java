/**
 * Where zones are, for nodes that do not own them.
 *
 * <p>In: the zones that run here, and where clients reach this node. Out: the address of the node that ran a zone a moment ago, in the
 * shared cache's memory alone. It decides nothing: who owns a zone is told by the ledger, and a client that is sent to the wrong node asks
 * again.
 */
@NullMarked
package org.vsekai.nebula.sync.directory;

import org.jspecify.annotations.NullMarked;
