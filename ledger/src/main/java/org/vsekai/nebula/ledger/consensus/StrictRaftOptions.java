package org.vsekai.nebula.ledger.consensus;

import java.util.List;

/**
 * @param members the voters of a log that is begun; later the log knows
 * @param entriesUnderWay entries that the leader appends before the first of them is committed; a command that comes
 *     meanwhile waits, and becomes one entry with the others that wait
 * @param snapshotBytes bytes of entries since the last snapshot that make the next one due
 * @param catchUpEntries a new voter may be that many entries behind
 */
record StrictRaftOptions(
        String id,
        List<String> members,
        RaftTiming timing,
        int entriesUnderWay,
        long snapshotBytes,
        long maxSnapshotBytes,
        int maxMembers,
        long catchUpEntries) {
    StrictRaftOptions {
        members = List.copyOf(members);
        if (entriesUnderWay < 1) {
            throw new IllegalArgumentException("no entry may be under way");
        }
    }
}
