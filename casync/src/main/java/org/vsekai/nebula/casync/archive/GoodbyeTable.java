package org.vsekai.nebula.casync.archive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The children of one directory as its GOODBYE element lists them, for look-up by the hash of a name. */
final class GoodbyeTable {
    /**
     * One child.
     *
     * @param start where its FILENAME begins, in bytes from the start of the archive
     * @param size bytes from there to its end
     */
    record Item(long start, long size, long hash) {}

    private final List<Item> items = new ArrayList<>();

    void add(Item item) {
        items.add(item);
    }

    /**
     * The items in level order of a complete binary search tree: children of {@code i} at {@code 2i+1} and {@code 2i+2},
     * the last level filled from the left. An in-order walk over such an array visits the sorted items in turn.
     */
    List<Item> inLevelOrder() {
        // desync sorts by distance back from the GOODBYE, so of equal hashes the later name comes first.
        items.sort(Comparator.comparing(Item::hash, Long::compareUnsigned)
                .thenComparing(Item::start, Comparator.reverseOrder()));
        Item[] tree = new Item[items.size()];
        int filled = fill(tree, 0, 0);
        assert filled == tree.length;
        return List.of(tree);
    }

    private int fill(Item[] tree, int node, int next) {
        if (node >= tree.length) {
            return next;
        }
        int own = fill(tree, 2 * node + 1, next);
        tree[node] = items.get(own);
        return fill(tree, 2 * node + 2, own + 1);
    }
}
