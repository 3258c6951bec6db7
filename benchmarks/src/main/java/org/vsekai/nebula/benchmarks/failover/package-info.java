/** How long writes stop when the leader is killed, for the ledger and for etcd in turns. */
@NullMarked
package org.vsekai.nebula.benchmarks.failover;

import org.jspecify.annotations.NullMarked;
