package org.vsekai.nebula.casync.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SipHashTest {
    /** The vector of the paper's appendix A: key 00..0f, data 00..0e. */
    @Test
    void hashIsThatOfThePaper() {
        byte[] data = new byte[15];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) i;
        }
        assertThat(SipHash.hash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, data)).isEqualTo(0xa129ca6149be45e5L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 6, 7, 8, 100})
    void goodbyeItemsFormASearchTree(int count) {
        GoodbyeTable table = new GoodbyeTable();
        for (int i = 0; i < count; i++) {
            table.add(new GoodbyeTable.Item(i, 1, SipHash.ofName(new byte[] {(byte) i})));
        }
        List<Long> inOrder = new ArrayList<>();
        walk(table.inLevelOrder(), 0, inOrder);
        assertThat(inOrder).hasSize(count).isSortedAccordingTo(Long::compareUnsigned);
    }

    private static void walk(List<GoodbyeTable.Item> tree, int node, List<Long> into) {
        if (node < tree.size()) {
            walk(tree, 2 * node + 1, into);
            into.add(tree.get(node).hash());
            walk(tree, 2 * node + 2, into);
        }
    }
}
