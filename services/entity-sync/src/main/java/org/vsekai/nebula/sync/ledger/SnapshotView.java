package org.vsekai.nebula.sync.ledger;

/** What a snapshot covers, as JSON. */
record SnapshotView(long snapshotIndex) {}
