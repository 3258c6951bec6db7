package org.vsekai.nebula.zones;

/** Reads a row's components. Not safe for threads. */
final class RowReader {
    /** Is told of a component's value. */
    @FunctionalInterface
    interface Values {
        void value(int number, byte[] from, int offset, int length);
    }

    private final WireReader row = new WireReader();
    private final ComponentReader component = new ComponentReader();

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
                row.into(component.message);
                component.read();
                values.value(component.number, row.bytes(), component.offset, component.length);
            }
        } catch (InvalidFrameException e) {
            throw new DamagedStateException("a row's components: " + e.getMessage());
        }
    }
}
