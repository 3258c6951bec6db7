package org.vsekai.nebula.zones;

/** A page that was kept, whose every length is known to lie within its bytes; see {@link PageFormat}. */
final class PageReader {
    /** Is told of a component's value. */
    @FunctionalInterface
    interface Values {
        void value(int column, int index, int offset, int length);
    }

    private final byte[] bytes;
    private final int offset;
    private final int slots;
    private final int reach;
    private final int end;

    private PageReader(byte[] bytes, int offset, int slots, int reach, int end) {
        this.bytes = bytes;
        this.offset = offset;
        this.slots = slots;
        this.reach = reach;
        this.end = end;
    }

    /** @throws DamagedStateException if it is no page */
    static PageReader check(byte[] bytes, int offset, int length) throws DamagedStateException {
        if (length < PageFormat.HEADER || bytes[offset] != PageFormat.VERSION) {
            throw new DamagedStateException("a page of " + length + " bytes and an unknown version");
        }
        int slots = PageFormat.getShort(bytes, offset + 1);
        int end = offset + length;
        int at = offset + PageFormat.HEADER + slots * PageFormat.SLOT;
        if (slots < 1 || slots > EntityTable.PAGE || at >= end) {
            throw new DamagedStateException("a page of " + slots + " slots in " + length + " bytes");
        }
        int reach = 0;
        for (int i = 0; i < slots; i++) {
            int flags = bytes[offset + PageFormat.HEADER + i];
            boolean exists = (flags & PageFormat.EXISTS) != 0;
            boolean deleted = (flags & PageFormat.DELETED) != 0;
            if (exists && deleted || deleted && (flags & PageFormat.PERSISTENT) == 0) {
                throw new DamagedStateException("a slot's flags are " + flags);
            }
            if (exists || deleted) {
                reach = i + 1;
            }
        }
        int before = 0;
        boolean[] seen = new boolean[ComponentSchema.MOST + 1];
        while (bytes[at] != 0) {
            before = bytes[at++];
            if (before < 1 || before > ComponentSchema.MOST || seen[before]) {
                throw new DamagedStateException("a component numbered " + before);
            }
            seen[before] = true;
            for (int i = 0; i < slots; i++) {
                if (end - at < 2) {
                    throw new DamagedStateException("a page ends within its components");
                }
                int size = PageFormat.getShort(bytes, at);
                at += 2;
                if (size != PageFormat.ABSENT) {
                    if (size > end - at) {
                        throw new DamagedStateException("a page ends within a component");
                    }
                    at += size;
                }
            }
            if (at == end) {
                throw new DamagedStateException("a page ends within its components");
            }
        }
        if (at + 1 != end) {
            throw new DamagedStateException("a page has " + (end - at - 1) + " bytes too many");
        }
        return new PageReader(bytes, offset, slots, reach, end);
    }

    int slots() {
        return slots;
    }

    /** One more than the last slot that is taken. */
    int reach() {
        return reach;
    }

    private int flags(int i) {
        return bytes[offset + PageFormat.HEADER + i];
    }

    boolean isTaken(int i) {
        return (flags(i) & (PageFormat.EXISTS | PageFormat.DELETED)) != 0;
    }

    boolean isDeleted(int i) {
        return (flags(i) & PageFormat.DELETED) != 0;
    }

    private int ids() {
        return offset + PageFormat.HEADER + slots;
    }

    long idHigh(int i) {
        return PageFormat.getLong(bytes, ids() + 8 * i);
    }

    long idLow(int i) {
        return PageFormat.getLong(bytes, ids() + 8 * (slots + i));
    }

    private int column(int number, int i) {
        return PageFormat.getInt(bytes, ids() + 16 * slots + 4 * (number * slots + i));
    }

    int owner(int i) {
        return column(0, i);
    }

    void copy(EntityTable to, int slot, int i) {
        to.persistent[slot] = (flags(i) & PageFormat.PERSISTENT) != 0;
        to.x[slot] = column(1, i);
        to.y[slot] = column(2, i);
        to.z[slot] = column(3, i);
        to.rotation[slot] = column(4, i);
        to.velocityX[slot] = column(5, i);
        to.velocityY[slot] = column(6, i);
        to.velocityZ[slot] = column(7, i);
        to.crossings[slot] = column(8, i);
    }

    /** Values of components that the table has, and that are no longer than they may be now. */
    void components(ComponentTable table, Values values) {
        int at = ids() + 16 * slots + 9 * 4 * slots;
        while (at < end - 1) {
            int column = table.column(bytes[at++]);
            for (int i = 0; i < slots; i++) {
                int size = PageFormat.getShort(bytes, at);
                at += 2;
                if (size == PageFormat.ABSENT) {
                    continue;
                }
                if (column >= 0 && size <= table.schema(column).largest()) {
                    values.value(column, i, at, size);
                }
                at += size;
            }
        }
    }
}
