package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.archive.ArchiveDecoder;
import org.vsekai.nebula.casync.archive.ArchiveElement;
import org.vsekai.nebula.casync.archive.ArchiveEntry;
import org.vsekai.nebula.casync.archive.EntryKind;
import org.vsekai.nebula.casync.index.ChunkIndex;

/**
 * What an update from one archive to another does to each file. Of both archives only those chunks are read that hold names
 * and modes, and those in which files differ that might yet be equal.
 */
final class ArchiveDiff {
    private static final int BUFFER_SIZE = 1 << 16;

    private final IndexDiff diff;
    private final StoredBlob from;
    private final StoredBlob to;

    /** What becomes of a file. */
    enum Fate {
        KEPT,
        CHANGED,
        NEW,
        REMOVED
    }

    /**
     * @param bytes the file's size; of a removed one, what it was
     * @param fetchChunks chunks to get that hold a part of it; one that holds parts of several files counts for each
     * @param fetchBytes how much of the file is in these
     */
    record Change(String path, Fate fate, long bytes, int fetchChunks, long fetchBytes) {}

    ArchiveDiff(IndexDiff diff, Sources sources, String fromName, String toName) {
        this.diff = diff;
        this.from = new StoredBlob(diff.from(), sources, fromName);
        this.to = new StoredBlob(diff.to(), sources, toName);
    }

    /** All files and links, in the order of the new archive; the removed ones last. */
    List<Change> changes() throws IOException {
        Map<String, ArchiveEntry> before = entries(from);
        List<Change> changes = new ArrayList<>();
        for (ArchiveEntry entry : entries(to).values()) {
            changes.add(change(entry, before.remove(entry.path())));
        }
        for (ArchiveEntry removed : before.values()) {
            changes.add(new Change(removed.path(), Fate.REMOVED, removed.size(), 0, 0));
        }
        return changes;
    }

    private static Map<String, ArchiveEntry> entries(StoredBlob blob) throws IOException {
        Map<String, ArchiveEntry> entries = new LinkedHashMap<>();
        ArchiveDecoder decoder = new ArchiveDecoder(blob.newInputStream(), blob.name(), blob.size());
        for (Optional<ArchiveElement> next = decoder.next(); next.isPresent(); next = decoder.next()) {
            if (next.get() instanceof ArchiveElement.Entry(ArchiveEntry entry) && entry.kind() != EntryKind.DIRECTORY) {
                entries.put(entry.path(), entry);
            }
        }
        return entries;
    }

    private Change change(ArchiveEntry entry, @Nullable ArchiveEntry before) {
        if (before != null && isSame(before, entry)) {
            return new Change(entry.path(), Fate.KEPT, entry.size(), 0, 0);
        }
        int chunks = 0;
        long bytes = 0;
        ChunkIndex index = diff.to();
        long end = entry.payloadOffset() + entry.size();
        for (long at = entry.payloadOffset(); at < end; ) {
            int i = index.chunkAt(at);
            long next = Math.min(end, index.end(i));
            if (diff.fetch().containsKey(index.id(i))) {
                chunks++;
                bytes += next - at;
            }
            at = next;
        }
        return new Change(entry.path(), before == null ? Fate.NEW : Fate.CHANGED, entry.size(), chunks, bytes);
    }

    private boolean isSame(ArchiveEntry before, ArchiveEntry after) {
        return before.kind() == after.kind()
                && before.linkTarget().equals(after.linkTarget())
                && before.size() == after.size()
                && hasSameContent(before.payloadOffset(), after.payloadOffset(), after.size());
    }

    private boolean hasSameContent(long before, long after, long size) {
        ChunkIndex old = diff.from();
        ChunkIndex wanted = diff.to();
        byte[] one = new byte[BUFFER_SIZE];
        byte[] other = new byte[BUFFER_SIZE];
        for (long done = 0; done < size; ) {
            int i = old.chunkAt(before + done);
            int k = wanted.chunkAt(after + done);
            long left = Math.min(size - done, Math.min(old.end(i) - before, wanted.end(k) - after) - done);
            boolean shared =
                    old.id(i).equals(wanted.id(k)) && before + done - old.start(i) == after + done - wanted.start(k);
            if (!shared) {
                int n = (int) Math.min(left, BUFFER_SIZE);
                from.read(before + done, one, 0, n);
                to.read(after + done, other, 0, n);
                if (!Arrays.equals(one, 0, n, other, 0, n)) {
                    return false;
                }
                left = n;
            }
            done += left;
        }
        return true;
    }
}
