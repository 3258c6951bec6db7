/**
 * Three members of the ledger beside three of etcd, on one disk with every write synced: compare-and-put on keys of their own
 * and one counter that all add to, through the same gRPC client; how often each side syncs; and one log beside the bare disk.
 */
@NullMarked
package org.vsekai.nebula.benchmarks.ledger;

import org.jspecify.annotations.NullMarked;
