package org.vsekai.nebula.sync.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Counter;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.LedgerView;

/** Parts of the ledger's lists: one item more than a page holds where there is one, as {@code Page.of} wants them. */
final class Parts {
    private Parts() {}

    /** Reads items from after a key on. */
    private interface Source<T> {
        List<T> after(String key, int size);
    }

    static List<Counter> counters(LedgerView view, String prefix, PageRequest page) {
        return part(page, (after, size) -> view.counters(prefix, after, size), Counter::name, counter -> true);
    }

    static List<Lease> leases(LedgerView view, String prefix, PageRequest page) {
        return part(page, (after, size) -> view.leases(prefix, after, size), Lease::name, lease -> true);
    }

    static List<Claim> claims(LedgerView view, String prefix, PageRequest page) {
        return part(page, (after, size) -> view.claims(prefix, after, size), Claim::resource, claim -> true);
    }

    static List<Intent> intents(LedgerView view, IntentQuery query, PageRequest page) {
        return part(
                page,
                (after, size) -> view.intents(query.state(), token(after), size),
                Parts::key,
                intent -> query.kind().map(intent.kind()::equals).orElse(true)
                        && (!query.orphaned() || isOrphaned(view, intent)));
    }

    /** The sort key of an intent. */
    static String key(Intent intent) {
        return Long.toString(intent.token());
    }

    /** Whether nobody but recovery may finish it. */
    static boolean isOrphaned(LedgerView view, Intent intent) {
        return intent.state() == Intent.State.PENDING
                && view.findLease(intent.lease())
                        .filter(lease -> lease.token() == intent.leaseToken())
                        .isEmpty();
    }

    private static long token(String after) {
        try {
            return after.isEmpty() ? 0 : Long.parseLong(after);
        } catch (NumberFormatException e) {
            throw ProblemException.invalid("INVALID_CURSOR", "after must be the next of an earlier page, unchanged.");
        }
    }

    private static <T> List<T> part(PageRequest page, Source<T> source, Function<T, String> key, Predicate<T> wanted) {
        int enough = page.limit() + 1;
        int size = Math.min(enough, LedgerView.PAGE);
        List<T> found = new ArrayList<>(enough);
        String after = page.after().orElse("");
        while (true) {
            List<T> items = source.after(after, size);
            for (T item : items) {
                if (wanted.test(item)) {
                    found.add(item);
                    if (found.size() == enough) {
                        return found;
                    }
                }
            }
            if (items.size() < size) {
                return found;
            }
            after = key.apply(items.getLast());
        }
    }
}
