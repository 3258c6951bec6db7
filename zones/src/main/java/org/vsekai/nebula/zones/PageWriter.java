package org.vsekai.nebula.zones;

/** Writes pages, as {@link PageFormat} says and {@link PageReader} reads them. Takes no memory but the capture's. */
final class PageWriter {
    private PageWriter() {}

    static void write(ZoneCapture into, int page, EntityTable entities, ComponentTable components) {
        int slots = entities.slots(page);
        int first = page * EntityTable.PAGE;
        byte[] to = into.room(PageFormat.HEADER + slots * PageFormat.SLOT + components.pageSize(page, slots));
        int at = into.size();
        to[at] = PageFormat.VERSION;
        PageFormat.putShort(to, at + 1, slots);
        at += PageFormat.HEADER;
        for (int slot = first; slot < first + slots; slot++) {
            to[at++] = (byte) ((entities.cell[slot] >= 0 ? PageFormat.EXISTS : 0)
                    | (entities.persistent[slot] ? PageFormat.PERSISTENT : 0)
                    | (entities.deleted[slot] ? PageFormat.DELETED : 0));
        }
        at = put(to, at, entities.idHigh, first, slots);
        at = put(to, at, entities.idLow, first, slots);
        at = put(to, at, entities.owner, first, slots);
        at = put(to, at, entities.x, first, slots);
        at = put(to, at, entities.y, first, slots);
        at = put(to, at, entities.z, first, slots);
        at = put(to, at, entities.rotation, first, slots);
        at = put(to, at, entities.velocityX, first, slots);
        at = put(to, at, entities.velocityY, first, slots);
        at = put(to, at, entities.velocityZ, first, slots);
        at = put(to, at, entities.crossings, first, slots);
        into.endPage(page, components.writePage(page, slots, to, at));
    }

    /** Writes a column and tells where it ends. */
    private static int put(byte[] to, int at, int[] column, int first, int count) {
        for (int i = 0; i < count; i++) {
            PageFormat.putInt(to, at + 4 * i, column[first + i]);
        }
        return at + 4 * count;
    }

    private static int put(byte[] to, int at, long[] column, int first, int count) {
        for (int i = 0; i < count; i++) {
            PageFormat.putLong(to, at + 8 * i, column[first + i]);
        }
        return at + 8 * count;
    }
}
