package org.vsekai.nebula.zones;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The values of named components, by slot, in pages that are made when the first of their slots has the component. A page stays until the
 * zone ends, so what it costs is bounded by the largest value's length for each slot. Not safe for threads.
 */
final class ComponentTable {
    private static final int PAGE = EntityTable.PAGE;

    private final int[] columnOf = new int[ComponentSchema.MOST + 1];
    private final Column[] columns;
    /** Columns that must reach the database, by number. */
    private final int[] durable;

    ComponentTable(List<ComponentSchema> schemas, int slots) {
        Arrays.fill(columnOf, -1);
        columns = new Column[schemas.size()];
        for (int i = 0; i < columns.length; i++) {
            columnOf[schemas.get(i).number()] = i;
            columns[i] = new Column(schemas.get(i), (slots + PAGE - 1) / PAGE);
        }
        durable = IntStream.range(0, columns.length)
                .filter(i -> columns[i].schema.persistence() != Persistence.VOLATILE)
                .boxed()
                .sorted(Comparator.comparingInt(i -> columns[i].schema.number()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    int columns() {
        return columns.length;
    }

    ComponentSchema schema(int column) {
        return columns[column].schema;
    }

    /** -1 if there is none of this number. */
    int column(int number) {
        return number < 0 || number > ComponentSchema.MOST ? -1 : columnOf[number];
    }

    /** Whether the entity has the component. */
    boolean has(int column, int slot) {
        Page page = columns[column].pages[slot / PAGE];
        return page != null && page.ticks[slot % PAGE] != 0;
    }

    /** The tick in which it was set last; 0 if the entity does not have it. */
    int tick(int column, int slot) {
        Page page = columns[column].pages[slot / PAGE];
        return page == null ? 0 : page.ticks[slot % PAGE];
    }

    /** The value may not be longer than the schema says, and the tick not 0. */
    void set(int column, int slot, byte[] from, int offset, int length, int tick) {
        Column of = columns[column];
        Page page = of.pages[slot / PAGE];
        if (page == null) {
            page = new Page(of.schema.largest());
            of.pages[slot / PAGE] = page;
        }
        int at = slot % PAGE;
        System.arraycopy(from, offset, page.bytes, at * of.schema.largest(), length);
        page.lengths[at] = (short) length;
        page.ticks[at] = tick;
    }

    /** Is told of where a value stands. */
    @FunctionalInterface
    interface Values {
        void value(int slot, byte[] bytes, int offset, int length);
    }

    /** Every value of components that are kept so, of slots in any order. */
    void forEach(Persistence kept, Values values) {
        for (Column column : columns) {
            if (column.schema.persistence() != kept) {
                continue;
            }
            for (int number = 0; number < column.pages.length; number++) {
                Page page = column.pages[number];
                for (int at = 0; page != null && at < PAGE; at++) {
                    if (page.ticks[at] != 0) {
                        values.value(number * PAGE + at, page.bytes, at * column.schema.largest(), page.lengths[at]);
                    }
                }
            }
        }
    }

    void clear(int slot) {
        for (Column column : columns) {
            Page page = column.pages[slot / PAGE];
            if (page != null) {
                page.ticks[slot % PAGE] = 0;
            }
        }
    }

    /** A value that the entity has, as a field. */
    void write(int column, int slot, int field, WireWriter to) {
        Page page = columns[column].pages[slot / PAGE];
        if (page == null) {
            throw new IllegalStateException("no value");
        }
        int at = slot % PAGE;
        to.delimited(field, page.bytes, at * columns[column].schema.largest(), page.lengths[at]);
    }

    /** The values that the entity has, by number; read-only. */
    SortedMap<Integer, ByteBuffer> copy(int slot) {
        SortedMap<Integer, ByteBuffer> values = new TreeMap<>();
        for (Column column : columns) {
            Page page = column.pages[slot / PAGE];
            int at = slot % PAGE;
            if (page != null && page.ticks[at] != 0) {
                int from = at * column.schema.largest();
                values.put(
                        column.schema.number(),
                        ByteBuffer.wrap(Arrays.copyOfRange(page.bytes, from, from + page.lengths[at]))
                                .asReadOnlyBuffer());
            }
        }
        return Collections.unmodifiableSortedMap(values);
    }

    void clear(int column, int slot) {
        Page page = columns[column].pages[slot / PAGE];
        if (page != null) {
            page.ticks[slot % PAGE] = 0;
        }
    }

    boolean isDurable(int column) {
        return columns[column].schema.persistence() != Persistence.VOLATILE;
    }

    /** Those that must reach the database, as {@link DurableRows#components} has them. */
    void writeDurable(int slot, WireWriter to, WireWriter scratch) {
        for (int column : durable) {
            if (has(column, slot)) {
                scratch.clear();
                scratch.uint32(1, columns[column].schema.number());
                write(column, slot, 2, scratch);
                to.delimited(1, scratch);
            }
        }
    }

    /** How many bytes {@link #writePage} writes at most. */
    int pageSize(int page, int slots) {
        int size = 1;
        for (Column column : columns) {
            if (column.pages[page] != null) {
                size += 1 + slots * (2 + column.schema.largest());
            }
        }
        return size;
    }

    /** Writes what {@link PageFormat} says of a page's components, and tells where it ends. */
    int writePage(int page, int slots, byte[] to, int from) {
        int at = from;
        for (Column column : columns) {
            Page of = column.pages[page];
            if (of == null) {
                continue;
            }
            int largest = column.schema.largest();
            to[at++] = (byte) column.schema.number();
            for (int i = 0; i < slots; i++) {
                if (of.ticks[i] == 0) {
                    PageFormat.putShort(to, at, PageFormat.ABSENT);
                    at += 2;
                } else {
                    int length = of.lengths[i];
                    PageFormat.putShort(to, at, length);
                    System.arraycopy(of.bytes, i * largest, to, at + 2, length);
                    at += 2 + length;
                }
            }
        }
        to[at++] = 0;
        return at;
    }

    private static final class Column {
        final ComponentSchema schema;
        final @Nullable Page[] pages;

        Column(ComponentSchema schema, int pages) {
            this.schema = schema;
            this.pages = new @Nullable Page[pages];
        }
    }

    private static final class Page {
        final byte[] bytes;
        final short[] lengths = new short[PAGE];
        final int[] ticks = new int[PAGE];

        Page(int largest) {
            bytes = new byte[PAGE * largest];
        }
    }
}
