package org.vsekai.nebula.casync.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the elements of an archive, contents of files left out, and counts the bytes that the archive would have. */
final class ArchiveEncoder {
    private ByteBuffer out = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
    private int[] entries = new int[16];
    private int entryCount;
    private long elided;
    private boolean hasXattrs;

    /** Bytes of the archive so far, contents of files included. */
    long position() {
        return out.position() + elided;
    }

    void entry(int mode, long uid, long gid, long mtimeNanos) {
        header(Catar.ENTRY_SIZE, Catar.ENTRY);
        if (entryCount == entries.length) {
            entries = Arrays.copyOf(entries, entryCount * 2);
        }
        entries[entryCount++] = out.position();
        out.putLong(Catar.DESYNC_FLAGS)
                .putLong(mode)
                .putLong(0) // chattr flags, which desync does not record
                .putLong(uid)
                .putLong(gid)
                .putLong(mtimeNanos);
    }

    void xattr(ExtendedAttribute xattr) {
        byte[] name = xattr.name().getBytes(StandardCharsets.UTF_8);
        byte[] value = xattr.value();
        header(Catar.HEADER_SIZE + name.length + 1L + value.length, Catar.XATTR);
        out.put(name).put((byte) 0).put(value);
        hasXattrs = true;
    }

    void filename(byte[] name) {
        string(Catar.FILENAME, name);
    }

    void symlink(byte[] target) {
        string(Catar.SYMLINK, target);
    }

    void device(long major, long minor) {
        header(Catar.DEVICE_SIZE, Catar.DEVICE);
        out.putLong(major).putLong(minor);
    }

    void payload(long size) {
        header(Math.addExact(Catar.HEADER_SIZE, size), Catar.PAYLOAD);
        elided = Math.addExact(elided, size);
    }

    void goodbye(long directoryStart, GoodbyeTable table) {
        long start = position();
        var items = table.inLevelOrder();
        long size = Catar.HEADER_SIZE + (items.size() + 1L) * Catar.GOODBYE_ITEM_SIZE;
        header(size, Catar.GOODBYE);
        for (GoodbyeTable.Item item : items) {
            out.putLong(start - item.start()).putLong(item.size()).putLong(item.hash());
        }
        out.putLong(start - directoryStart).putLong(size).putLong(Catar.GOODBYE_TAIL);
    }

    /** What was written. Every ENTRY states the same flags, so they are settled only now. */
    byte[] finish() {
        if (hasXattrs) {
            for (int i = 0; i < entryCount; i++) {
                out.putLong(entries[i], Catar.XATTR_FLAGS);
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private void string(long type, byte[] text) {
        header(Catar.HEADER_SIZE + text.length + 1L, type);
        out.put(text).put((byte) 0);
    }

    /** Begins an element and makes room for all of it, unless it is a PAYLOAD. */
    private void header(long size, long type) {
        long needed = out.position() + (type == Catar.PAYLOAD ? Catar.HEADER_SIZE : size);
        if (needed > ArchiveSkeleton.MAX_SIZE) {
            throw new IllegalArgumentException("the folder has too many entries for one archive");
        }
        if (needed > out.capacity()) {
            byte[] larger = Arrays.copyOf(out.array(), (int) Math.max(needed, out.capacity() * 2L));
            out = ByteBuffer.wrap(larger).order(ByteOrder.LITTLE_ENDIAN).position(out.position());
        }
        out.putLong(size).putLong(type);
    }
}
