package org.vsekai.nebula.ledger.machine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.RequestId;

/**
 * The requests that were carried out lately, with their results: what makes a retried command count once.
 *
 * <p>Requests are kept in the order in which they were carried out, which is the order in which they fall due, in pages of
 * {@link #PAGE} that are freed when all of theirs are due; a table with open addressing finds them by id. A request whose
 * result is a counter's value takes 44 bytes in its page and 12 to 24 in the table; any other one its result besides.
 */
final class RequestWindow {
    private static final int PAGE_BITS = 10;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int WORDS = 5;
    private static final int SMALLEST_TABLE = 1 << 10;
    private static final int COUNTER_RESULT_BYTES = 2 + Long.BYTES;

    /** A ring: the page of request number n is at {@code (n >> PAGE_BITS) % pages.length}. */
    private @Nullable Page[] pages = new @Nullable Page[4];

    /** Number of a request plus one, or 0 where there is none. */
    private long[] table = new long[SMALLEST_TABLE];

    private long first;
    private long next;

    /** What is known of a request. */
    record Remembered(long commandHash, byte[] result) {}

    private static final class Page {
        /** Per request: id (2), hash of the command, ledger time at which it was carried out, counter's value. */
        final long[] words = new long[PAGE * WORDS];

        /** Results other than a counter's value. */
        final byte[] @Nullable [] results = new byte[PAGE] @Nullable [];
    }

    int size() {
        return (int) (next - first);
    }

    @Nullable
    Remembered find(RequestId id) {
        int slot = slotOf(id.value().getMostSignificantBits(), id.value().getLeastSignificantBits());
        return table[slot] == 0 ? null : remembered(table[slot] - 1);
    }

    /** Adds a request that is not there. */
    void add(RequestId id, long commandHash, long atMillis, byte[] result) {
        if (3L * (size() + 1) > 2L * table.length) {
            grow();
        }
        int pageNumber = (int) (next >> PAGE_BITS) & pages.length - 1;
        if (pages[pageNumber] != null && (next & PAGE - 1) == 0) {
            growPages();
            pageNumber = (int) (next >> PAGE_BITS) & pages.length - 1;
        }
        Page page = pages[pageNumber];
        if (page == null) {
            page = new Page();
            pages[pageNumber] = page;
        }
        int item = (int) next & PAGE - 1;
        long high = id.value().getMostSignificantBits();
        long low = id.value().getLeastSignificantBits();
        page.words[item * WORDS] = high;
        page.words[item * WORDS + 1] = low;
        page.words[item * WORDS + 2] = commandHash;
        page.words[item * WORDS + 3] = atMillis;
        if (result.length == COUNTER_RESULT_BYTES && result[1] == ResultCodec.COUNTER_VALUE) {
            page.words[item * WORDS + 4] = counterValue(result);
        } else {
            page.results[item] = result;
        }
        table[slotOf(high, low)] = next + 1;
        next++;
    }

    /** Forgets what was carried out at {@code millis} or before. */
    void forget(long millis) {
        while (first < next && word(first, 3) <= millis) {
            remove(slotOf(word(first, 0), word(first, 1)));
            int item = (int) first & PAGE - 1;
            int pageNumber = pageOf(first);
            page(first).results[item] = null;
            first++;
            if (item == PAGE - 1) {
                pages[pageNumber] = null;
            }
        }
    }

    void write(Encoder out) {
        out.count(size());
        for (long n = first; n < next; n++) {
            Remembered remembered = remembered(n);
            out.int64(word(n, 0))
                    .int64(word(n, 1))
                    .int64(remembered.commandHash())
                    .count(word(n, 3))
                    .blob(remembered.result());
        }
    }

    static RequestWindow read(Decoder in, long nowMillis) throws IOException {
        RequestWindow window = new RequestWindow();
        long count = in.count(Integer.MAX_VALUE);
        long before = 0;
        for (long i = 0; i < count; i++) {
            RequestId id = new RequestId(in.uuid());
            long commandHash = in.int64();
            long atMillis = in.count(nowMillis);
            byte[] result = in.blob(ResultCodec.LONGEST);
            in.expect(atMillis >= before, "requests out of order");
            in.expect(window.find(id) == null, "the same request twice");
            try {
                in.expect(ResultCodec.decode(result) != null, "no result");
            } catch (MalformedDataException e) {
                throw in.malformed("result: " + e.getMessage());
            }
            window.add(id, commandHash, atMillis, result);
            before = atMillis;
        }
        return window;
    }

    /** The finisher of MurmurHash3: every bit of the input moves half of the output. */
    static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51_afd7_ed55_8ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ce_b9fe_1a85_ec53L;
        return mixed ^ mixed >>> 33;
    }

    private Remembered remembered(long number) {
        byte @Nullable [] result = page(number).results[(int) number & PAGE - 1];
        return new Remembered(word(number, 2), result == null ? counterResult(word(number, 4)) : result);
    }

    private long word(long number, int word) {
        return page(number).words[((int) number & PAGE - 1) * WORDS + word];
    }

    private Page page(long number) {
        Page page = pages[pageOf(number)];
        if (page == null) {
            throw new AssertionError("no page for request number " + number);
        }
        return page;
    }

    private int pageOf(long number) {
        return (int) (number >> PAGE_BITS) & pages.length - 1;
    }

    /** Where the request is in the table, or where it would be put. */
    private int slotOf(long high, long low) {
        int slot = home(high, low);
        while (table[slot] != 0 && !(word(table[slot] - 1, 0) == high && word(table[slot] - 1, 1) == low)) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    private int home(long high, long low) {
        return (int) mix(mix(high) + low) & table.length - 1;
    }

    /** Closes the gap, so that every request is still found by probing from its home: Knuth 6.4, algorithm R. */
    private void remove(int slot) {
        int gap = slot;
        int probe = slot;
        while (true) {
            table[gap] = 0;
            int home;
            do {
                probe = probe + 1 & table.length - 1;
                if (table[probe] == 0) {
                    return;
                }
                home = home(word(table[probe] - 1, 0), word(table[probe] - 1, 1));
            } while ((probe - home & table.length - 1) < (probe - gap & table.length - 1));
            table[gap] = table[probe];
            gap = probe;
        }
    }

    private void grow() {
        table = new long[2 * table.length];
        for (long n = first; n < next; n++) {
            table[slotOf(word(n, 0), word(n, 1))] = n + 1;
        }
    }

    private void growPages() {
        @Nullable Page[] before = pages;
        pages = new @Nullable Page[2 * before.length];
        for (long n = first >> PAGE_BITS; n < next >> PAGE_BITS; n++) {
            pages[(int) n & pages.length - 1] = before[(int) n & before.length - 1];
        }
    }

    private static long counterValue(byte[] result) {
        long value = 0;
        for (int i = 2; i < COUNTER_RESULT_BYTES; i++) {
            value = value << 8 | result[i] & 0xff;
        }
        return value;
    }

    private static byte[] counterResult(long value) {
        return new Encoder()
                .int8(ResultCodec.VERSION)
                .int8(ResultCodec.COUNTER_VALUE)
                .int64(value)
                .toBytes();
    }
}
