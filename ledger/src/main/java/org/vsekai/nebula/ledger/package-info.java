/**
 * The ledger: named counters, leases with fencing tokens and write intents, the same on three or five members whatever
 * fails. What comes in are commands with a request id, which count once however often they are sent; what goes out are their
 * results, linearisable reads and watches. It knows nothing of gRPC, REST or the services that use it, and never answers
 * from one member what the majority has not agreed on, unless a stale read was asked for by name.
 */
@NullMarked
package org.vsekai.nebula.ledger;

import org.jspecify.annotations.NullMarked;
