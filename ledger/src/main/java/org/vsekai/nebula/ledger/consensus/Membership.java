package org.vsekai.nebula.ledger.consensus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** The voters at each point of the log that changed them, so that a change which is removed from the log is taken back. */
final class Membership {
    private final TreeMap<Long, List<String>> byIndex = new TreeMap<>();

    /** @param index the entry that the list holds from; 0 for the configured one */
    void begin(long index, Collection<String> members) {
        byIndex.clear();
        byIndex.put(index, List.copyOf(members));
    }

    void add(long index, String member) {
        List<String> members = new ArrayList<>(current());
        if (!members.contains(member)) {
            members.add(member);
        }
        byIndex.put(index, List.copyOf(members));
    }

    void remove(long index, String member) {
        List<String> members = new ArrayList<>(current());
        members.remove(member);
        byIndex.put(index, List.copyOf(members));
    }

    void deleteFrom(long index) {
        byIndex.tailMap(index, true).clear();
    }

    List<String> current() {
        return byIndex.lastEntry().getValue();
    }

    List<String> at(long index) {
        return byIndex.floorEntry(index).getValue();
    }

    /** Index of the entry that changed the voters last. */
    long lastChange() {
        return byIndex.lastKey();
    }
}
