/**
 * The ledger's gRPC services and the operators' REST resource: requests become commands, queries and watches, and results
 * become messages. A caller's deadline bounds what is done for it.
 */
@NullMarked
package org.vsekai.nebula.sync.ledger;

import org.jspecify.annotations.NullMarked;
