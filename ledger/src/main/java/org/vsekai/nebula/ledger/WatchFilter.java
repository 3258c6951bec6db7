package org.vsekai.nebula.ledger;

import java.util.Set;

/**
 * What to watch.
 *
 * @param kinds at least one
 * @param prefix how the name of the counter, of the lease, of the resource claimed, or of the kind of intent begins; empty
 *     for all
 */
public record WatchFilter(Set<Kind> kinds, String prefix) {
    /** The four things that there are. */
    public enum Kind {
        COUNTERS,
        LEASES,
        CLAIMS,
        INTENTS
    }

    public WatchFilter {
        kinds = Set.copyOf(kinds);
        if (kinds.isEmpty()) {
            throw new InvalidCommandException("kinds", "nothing to watch");
        }
        Rules.prefix("prefix", prefix);
    }

    /** Whether the filter lets the change through. */
    public boolean admits(Change change) {
        return switch (change) {
            case Change.CounterSet set -> admits(Kind.COUNTERS, set.counter().name());
            case Change.LeaseSet set -> admits(Kind.LEASES, set.lease().name());
            case Change.LeaseEnded ended -> admits(Kind.LEASES, ended.lease());
            case Change.ClaimSet set -> admits(Kind.CLAIMS, set.claim().resource());
            case Change.ClaimEnded ended -> admits(Kind.CLAIMS, ended.resource());
            case Change.IntentSet set -> admits(Kind.INTENTS, set.intent().kind());
            case Change.IntentDropped dropped -> admits(Kind.INTENTS, dropped.kind());
        };
    }

    /** Whether the filter lets a thing of that kind and name through. */
    public boolean admits(Kind kind, String name) {
        return kinds.contains(kind) && name.startsWith(prefix);
    }
}
