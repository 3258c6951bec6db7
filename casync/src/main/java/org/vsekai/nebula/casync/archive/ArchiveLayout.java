package org.vsekai.nebula.casync.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.chunk.BlobSource;

/**
 * The archive of a folder, without being written down: its bytes can be read at any place, by many threads at once. Only
 * names, modes and times are in memory; the contents of files stay where they are and are opened for each read.
 *
 * <p><b>How it is laid out.</b> {@link FolderWalk} encodes the whole archive except for the contents of files. That is the
 * skeleton, and since each PAYLOAD's header states a size, it fixes where every byte of the archive lies. The layout
 * learns this by decoding the skeleton with {@link ArchiveDecoder}: so a folder, a skeleton of long ago and an archive
 * from a stranger pass the same checks, and nothing can be published that the decoder would refuse. Then the byte at
 * {@code x} is either in the content of a file or at {@code x} minus all contents before it in the skeleton.
 *
 * <p>A file that no longer has the size of its place in the archive, or the modification time that the walk saw, ends the
 * read with {@link InputChangedException}.
 */
public final class ArchiveLayout implements BlobSource {
    private final Path root;

    /** Where contents are looked for in turn, without a demand on sizes and times; empty if they must be as they were. */
    private final List<Path> places;

    private final boolean fillsGaps;
    private final byte[] literals;
    private final long size;
    private final long featureFlags;
    private final List<ArchiveEntry> entries = new ArrayList<>();

    /** The files that are not empty, in order, and for each: where it starts, and the contents before that in bytes. */
    private final List<ArchiveEntry> files = new ArrayList<>();

    private final long[] starts;
    private final long[] contentsBefore;
    private final List<@Nullable FileTime> times = new ArrayList<>();

    private ArchiveLayout(
            Path root,
            List<Path> places,
            boolean fillsGaps,
            byte[] literals,
            @Nullable List<FileTime> seen,
            EntryPolicy policy)
            throws IOException {
        this.root = root;
        this.places = List.copyOf(places);
        this.fillsGaps = fillsGaps;
        this.literals = literals;
        ArchiveDecoder decoder = ArchiveDecoder.ofSkeleton(literals, root.toString());
        int file = 0;
        for (Optional<ArchiveElement> next = decoder.next(); next.isPresent(); next = decoder.next()) {
            if (next.get() instanceof ArchiveElement.Entry(ArchiveEntry entry)) {
                policy.check(root.toString(), entry);
                entries.add(entry);
                if (entry.kind() == EntryKind.FILE) {
                    FileTime time = seen == null ? null : seen.get(file++);
                    if (entry.size() > 0) {
                        files.add(entry);
                        times.add(time);
                    }
                }
            }
        }
        size = decoder.position();
        featureFlags = decoder.featureFlags();
        starts = files.stream().mapToLong(ArchiveEntry::payloadOffset).toArray();
        contentsBefore = new long[starts.length + 1];
        for (int i = 0; i < starts.length; i++) {
            contentsBefore[i + 1] = contentsBefore[i] + files.get(i).size();
        }
    }

    /**
     * Lays out a folder (or a single file) as it is now.
     *
     * @throws org.vsekai.nebula.casync.UnsafePathException when something in it may not be in such an archive
     * @throws InputChangedException when it changes meanwhile
     */
    public static ArchiveLayout ofFolder(Path root, ArchiveOptions options) throws IOException {
        Path real = root.toRealPath(); // what is named may be a symlink; nothing below it is followed
        FolderWalk.Outcome walked = FolderWalk.encode(real, options);
        return new ArchiveLayout(real, List.of(), false, walked.literals(), walked.times(), options.policy());
    }

    /**
     * Lays out a folder that nobody vouches for, as a source of chunks. Nodes that cannot be looked at are left out, and
     * contents that cannot be read are zeros: the chunks that they are in are no one's, and all others are good.
     */
    public static ArchiveLayout ofDoubtfulFolder(Path root, ArchiveOptions options) throws IOException {
        Path real = root.toRealPath();
        FolderWalk.Outcome walked = FolderWalk.encode(real, options.withPolicy(EntryPolicy.ANYTHING), true);
        return new ArchiveLayout(real, List.of(real), true, walked.literals(), null, EntryPolicy.ANYTHING);
    }

    /**
     * Lays out the archive that the skeleton is of, with the contents of its files taken from below {@code root}. They are
     * looked for only when they are read: what is missing or has another size by then fails that read and no other, and a
     * content that differs is the caller's to notice by the digests of its index.
     *
     * @throws MalformedArchiveException when the skeleton is not that of an archive
     */
    public static ArchiveLayout ofSkeleton(ArchiveSkeleton skeleton, Path root) throws IOException {
        return new ArchiveLayout(root, List.of(), false, skeleton.literals(), null, EntryPolicy.ANYTHING);
    }

    /**
     * Lays out the archive that the skeleton is of, with each part of a file taken from the first of several folders in which
     * a file of that path reaches so far, whatever its size. A part that none has fails its read.
     *
     * @param places at least one
     * @throws MalformedArchiveException when the skeleton is not that of an archive
     */
    public static ArchiveLayout ofSkeleton(ArchiveSkeleton skeleton, List<Path> places) throws IOException {
        return new ArchiveLayout(places.getFirst(), places, false, skeleton.literals(), null, EntryPolicy.ANYTHING);
    }

    /** What remains of this archive without the contents of files. */
    public ArchiveSkeleton skeleton() {
        return new ArchiveSkeleton(literals);
    }

    /** All nodes, in the order of the archive. */
    public List<ArchiveEntry> entries() {
        return List.copyOf(entries);
    }

    /** The feature flags in the archive, which its index must repeat. */
    public long featureFlags() {
        return featureFlags;
    }

    /** The files whose content lies, in part at least, in the given range of the archive. */
    public List<ArchiveEntry> filesIn(long start, long end) {
        return files.subList(fileAt(start), starts.length).stream()
                .takeWhile(file -> file.payloadOffset() < end)
                .toList();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public String name() {
        return root.toString();
    }

    @Override
    public void close() {}

    /** Writes the whole archive. */
    public void writeTo(OutputStream out) throws IOException {
        newInputStream().transferTo(out);
    }

    /** Reads the archive from its start. */
    public InputStream newInputStream() {
        return new InputStream() {
            private long position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (position == size && length > 0) {
                    return -1;
                }
                int n = (int) Math.min(length, size - position);
                ArchiveLayout.this.read(position, target, offset, n);
                position += n;
                return n;
            }

            @Override
            public long transferTo(OutputStream out) throws IOException {
                byte[] buffer = new byte[(int) Math.min(1 << 18, Math.max(size, 1))];
                long total = 0;
                for (int n = read(buffer); n > 0; n = read(buffer)) {
                    out.write(buffer, 0, n);
                    total += n;
                }
                return total;
            }
        };
    }

    /**
     * {@inheritDoc}
     *
     * @throws InputChangedException when a file was changed, has vanished or is another kind of thing now
     */
    @Override
    public void read(long position, byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(position, length, size);
        Objects.checkFromIndexSize(offset, length, target.length);
        int file = fileAt(position);
        while (length > 0) {
            long fileStart = file < starts.length ? starts[file] : size;
            int n;
            if (position < fileStart) {
                n = (int) Math.min(length, fileStart - position);
                System.arraycopy(literals, (int) (position - contentsBefore[file]), target, offset, n);
            } else {
                long inFile = position - fileStart;
                n = (int) Math.min(length, files.get(file).size() - inFile);
                readFile(file, inFile, ByteBuffer.wrap(target, offset, n));
                file++;
            }
            position += n;
            offset += n;
            length -= n;
        }
    }

    /** The first file whose content ends behind {@code position}. */
    private int fileAt(long position) {
        int found = Arrays.binarySearch(starts, position);
        int before = found >= 0 ? found : -found - 2;
        return before >= 0 && position < starts[before] + files.get(before).size() ? before : before + 1;
    }

    private void readFile(int index, long position, ByteBuffer target) throws IOException {
        ArchiveEntry entry = files.get(index);
        if (!places.isEmpty()) {
            readAnywhere(entry, position, target);
            return;
        }
        Path file = root.resolve(entry.path());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            requireSize(file, channel.size(), entry.size());
            while (target.hasRemaining()) {
                int n = channel.read(target, position);
                if (n < 0) {
                    throw new InputChangedException(file.toString(), "it became shorter");
                }
                position += n;
            }
            requireSize(file, channel.size(), entry.size());
            FileTime seen = times.get(index);
            if (seen != null && !seen.equals(Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS))) {
                throw new InputChangedException(file.toString(), "it was written to");
            }
        } catch (NoSuchFileException e) {
            throw new InputChangedException(file.toString(), "it has vanished");
        } catch (IOException e) {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new InputChangedException(file.toString(), "it is no longer a file");
            }
            throw e;
        }
    }

    private void readAnywhere(ArchiveEntry entry, long position, ByteBuffer target) {
        int start = target.position();
        for (Path place : places) {
            target.position(start);
            Path file = place.resolve(entry.path());
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
                long at = position;
                for (int n = 0; n >= 0 && target.hasRemaining(); at += n) {
                    n = channel.read(target, at);
                }
                if (!target.hasRemaining()) {
                    return;
                }
            } catch (IOException | InvalidPathException e) {
                // The next place may have it.
            }
        }
        if (!fillsGaps) {
            throw new InputChangedException(entry.path(), "its content is nowhere at hand");
        }
        Arrays.fill(target.array(), target.arrayOffset() + start, target.arrayOffset() + target.limit(), (byte) 0);
    }

    private static void requireSize(Path file, long now, long expected) {
        if (now != expected) {
            throw new InputChangedException(
                    file.toString(), "it has %d bytes, where there were %d".formatted(now, expected));
        }
    }
}
