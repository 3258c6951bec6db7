package org.vsekai.nebula.zones;

/** Reads a row's components. Not safe for threads. */
final class RowReader {
    /** Is told of a component's value. */
    @FunctionalInterface
    interface Values {
        void value(int number, byte[] from, int offset, int length);
    }

    private final WireReader row = new WireReader();
    private final WireReader component = new WireReader();

    /** @throws DamagedStateException what stood before the fault was told */
    void read(DurableRows rows, int index, Values values) throws DamagedStateException {
        int start = rows.componentsStart(index);
        row.read(rows.componentBytes(), start, rows.componentsEnd(index) - start);
        try {
            while (!row.atEnd()) {
                int tag = row.tag();
                if (tag != (1 << 3 | WireReader.DELIMITED)) {
                    row.skipField(tag);
                    continue;
                }
                row.into(component);
                int number = 0;
                int offset = 0;
                int length = 0;
                while (!component.atEnd()) {
                    int field = component.tag();
                    switch (field) {
                        case 1 << 3 | WireReader.VARINT -> number = component.varint32();
                        case 2 << 3 | WireReader.DELIMITED -> {
                            length = component.length();
                            offset = component.offset();
                            component.skip(length);
                        }
                        default -> component.skipField(field);
                    }
                }
                values.value(number, row.bytes(), offset, length);
            }
        } catch (InvalidFrameException e) {
            throw new DamagedStateException("a row's components: " + e.getMessage());
        }
    }
}
