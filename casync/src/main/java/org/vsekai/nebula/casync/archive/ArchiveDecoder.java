package org.vsekai.nebula.casync.archive;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.UnsafePathException;

/**
 * Reads an archive from a stream, node by node, and believes nothing of it.
 *
 * <p><b>Grammar.</b> A node is an ENTRY, metadata, and what its mode calls for: PAYLOAD for a file, SYMLINK, DEVICE,
 * nothing for FIFOs and sockets, and for a directory any number of FILENAME and node, then GOODBYE. The mode decides and
 * never the element that follows, since desync, which does it the other way, takes a FIFO for a directory. Names are
 * valid UTF-8, single components and strictly rising by their bytes, which rules out duplicates and so every trick of
 * writing through a name that is already there. The archive is one node, and nothing follows it.
 *
 * <p><b>Bounds.</b> Memory is taken only after a length has been checked against {@link Catar}'s limits. A GOODBYE may list
 * any number of children, so instead of keeping them the decoder keeps, per open directory, their count and the sum of a
 * hash of each child's place, size and name; the table must come to the same sum. (Its order is not checked: it serves
 * look-up, which a stream does not do.) Nesting ends at the length of a path.
 *
 * <p><b>Faults of desync that are tolerated:</b> a name without a node, which it writes for FIFOs and sockets, is passed
 * over; one NUL behind an xattr's value is dropped where the flags are those of desync. Owner names, ACLs, SELinux labels,
 * file capabilities and quota ids are read and dropped.
 *
 * <p>Not for use by several threads. The caller closes the stream.
 */
public final class ArchiveDecoder {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BUFFER_SIZE = 1 << 16;

    private final InputStream in;
    private final String source;
    private final long limit;
    /** Whether the stream is a skeleton, in which the contents of files are left out. */
    private final boolean elided;

    private @Nullable ByteArrayOutputStream skeleton;

    /** Bytes of the archive consumed so far, headers looked at in advance included. */
    private long position;

    private final byte[] scratch = new byte[Catar.ENTRY_SIZE];
    private boolean headerRead;
    private long elementStart;
    private long elementSize;
    private long elementType;

    private long payloadLeft;
    private boolean started;
    private boolean finished;
    private long featureFlags;
    private final Deque<Directory> open = new ArrayDeque<>();

    /** A directory whose children are being read. */
    private static final class Directory {
        final ArchiveEntry entry;
        final long entryStart;
        byte[] lastName = new byte[0];
        boolean inChild;
        long childStart;
        long childHash;
        long children;
        long checksum;

        Directory(ArchiveEntry entry, long entryStart) {
            this.entry = entry;
            this.entryStart = entryStart;
        }

        void endChild(long end) {
            if (inChild) {
                children++;
                checksum += place(childStart, end - childStart, childHash);
                inChild = false;
            }
        }

        /** A well-mixed value of one child, so that the sum over all stands for the set of them. */
        static long place(long start, long size, long hash) {
            long x = hash ^ Long.rotateLeft(start * 0x9e3779b97f4a7c15L, 31) ^ (size * 0xc2b2ae3d27d4eb4fL);
            x = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
            return x ^ (x >>> 29);
        }
    }

    /**
     * @param source what errors call the archive: a path or URL
     */
    public ArchiveDecoder(InputStream in, String source) {
        this(in, source, Long.MAX_VALUE);
    }

    /**
     * @param size of the archive in bytes, as its index states it: a file that cannot fit is refused before it is written
     */
    public ArchiveDecoder(InputStream in, String source, long size) {
        this(new BufferedInputStream(in, BUFFER_SIZE), source, size, false);
    }

    private ArchiveDecoder(InputStream in, String source, long limit, boolean elided) {
        this.in = in;
        this.source = source;
        this.limit = limit;
        this.elided = elided;
    }

    static ArchiveDecoder ofSkeleton(byte[] literals, String source) {
        return new ArchiveDecoder(new ByteArrayInputStream(literals), source, Long.MAX_VALUE, true);
    }

    /** Keeps everything but the contents of files while decoding; to be called first, for {@link #skeleton()}. */
    public ArchiveDecoder recordingSkeleton() {
        if (started) {
            throw new IllegalStateException("decoding has begun");
        }
        skeleton = new ByteArrayOutputStream();
        return this;
    }

    /** The skeleton of an archive that was decoded to its end under {@link #recordingSkeleton()}. */
    public ArchiveSkeleton skeleton() {
        if (skeleton == null || !finished) {
            throw new IllegalStateException("no skeleton was recorded, or the archive is not at its end");
        }
        return new ArchiveSkeleton(skeleton.toByteArray());
    }

    /** What errors call the archive. */
    public String source() {
        return source;
    }

    /** Bytes of the archive read so far. */
    public long position() {
        return position;
    }

    /** The feature flags of the root's ENTRY: what an index of the archive must state. */
    public long featureFlags() {
        return featureFlags;
    }

    /**
     * Moves on to the next element. What is left of the payload before it is passed over.
     *
     * @return empty at the end of a complete archive
     * @throws MalformedArchiveException naming the source and the offset of the fault, also when the stream ends early
     * @throws UnsafePathException when a name cannot be a path component
     * @throws IOException as the stream throws it
     */
    public Optional<ArchiveElement> next() throws IOException {
        skipPayload();
        if (finished) {
            return Optional.empty();
        }
        if (!started) {
            started = true;
            requireElement("an archive");
            return Optional.of(readNode("", 0));
        }
        for (Directory directory = open.peek(); directory != null; ) {
            requireElement("directory \"" + directory.entry.path() + "\", which has no GOODBYE");
            directory.endChild(elementStart);
            if (elementType == Catar.GOODBYE) {
                readGoodbye(directory);
                open.pop();
                return Optional.of(new ArchiveElement.End(directory.entry));
            }
            if (elementType != Catar.FILENAME) {
                throw malformed(elementStart, "expected FILENAME or GOODBYE");
            }
            long start = elementStart;
            String path = readName(directory);
            requireElement("the node \"" + path + "\"");
            if (elementType != Catar.FILENAME && elementType != Catar.GOODBYE) {
                return Optional.of(readNode(path, start));
            }
        }
        if (peek()) {
            throw malformed(elementStart, "bytes follow the end of the archive");
        }
        finished = true;
        return Optional.empty();
    }

    /**
     * The content of the file that {@link #next()} returned last; empty for other kinds. It ends with the file, is good
     * until the next element, and need not be read to its end.
     */
    public InputStream payload() {
        if (elided) {
            throw new IllegalStateException("a skeleton has no contents");
        }
        return new Payload(position);
    }

    private ArchiveElement readNode(String path, long offset) throws IOException {
        if (elementType != Catar.ENTRY) {
            throw malformed(elementStart, "expected ENTRY");
        }
        requireSize(Catar.ENTRY_SIZE);
        long entryStart = elementStart;
        byte[] body = readBody(Catar.ENTRY_SIZE - Catar.HEADER_SIZE, scratch);
        long flags = (long) LONG.get(body, 0);
        long mode = (long) LONG.get(body, 8);
        long uid = (long) LONG.get(body, 24);
        long gid = (long) LONG.get(body, 32);
        long mtimeNanos = (long) LONG.get(body, 40);
        if (path.isEmpty()) {
            featureFlags = flags;
        }
        if ((mode & ~0177777L) != 0 || uid >>> 32 != 0 || gid >>> 32 != 0) {
            throw malformed(entryStart, "mode or owner is out of range");
        }
        EntryKind kind = kind((int) mode, entryStart);
        List<ExtendedAttribute> xattrs = readMetadata(flags == Catar.DESYNC_FLAGS);

        String linkTarget = "";
        long size = 0;
        long payloadOffset = 0;
        long deviceMajor = 0;
        long deviceMinor = 0;
        switch (kind) {
            case FILE -> {
                requireType(Catar.PAYLOAD, path, "PAYLOAD of the file");
                size = elementSize - Catar.HEADER_SIZE;
                headerRead = false;
                payloadOffset = position;
                payloadLeft = size;
                if (size > limit - position) {
                    throw malformed(
                            elementStart,
                            "\"%s\" is said to hold %d bytes, more than the archive has left".formatted(path, size));
                }
            }
            case SYMLINK -> {
                requireType(Catar.SYMLINK, path, "SYMLINK");
                linkTarget = utf8(readString(Catar.PATH_MAX), elementStart);
                if (linkTarget.isEmpty()) {
                    throw malformed(elementStart, "a symlink needs a target");
                }
            }
            case DEVICE -> {
                requireType(Catar.DEVICE, path, "DEVICE");
                requireSize(Catar.DEVICE_SIZE);
                byte[] numbers = readBody(Catar.DEVICE_SIZE - Catar.HEADER_SIZE, scratch);
                deviceMajor = (long) LONG.get(numbers, 0);
                deviceMinor = (long) LONG.get(numbers, 8);
                if (deviceMajor >>> 32 != 0 || deviceMinor >>> 32 != 0) {
                    throw malformed(elementStart, "device number is out of range");
                }
            }
            case DIRECTORY, FIFO, SOCKET -> {}
        }
        ArchiveEntry entry = new ArchiveEntry(
                path,
                kind,
                (int) mode,
                uid,
                gid,
                mtimeNanos,
                xattrs,
                linkTarget,
                size,
                offset,
                payloadOffset,
                deviceMajor,
                deviceMinor);
        if (kind == EntryKind.DIRECTORY) {
            open.push(new Directory(entry, entryStart));
        }
        return new ArchiveElement.Entry(entry);
    }

    private EntryKind kind(int mode, long offset) {
        return switch (mode & Catar.TYPE_MASK) {
            case Catar.REGULAR -> EntryKind.FILE;
            case Catar.DIRECTORY -> EntryKind.DIRECTORY;
            case Catar.LINK -> EntryKind.SYMLINK;
            case Catar.CHARACTER_DEVICE, Catar.BLOCK_DEVICE -> EntryKind.DEVICE;
            case Catar.FIFO -> EntryKind.FIFO;
            case Catar.SOCKET -> EntryKind.SOCKET;
            default -> throw malformed(offset, "mode 0%o is of no known kind".formatted(mode));
        };
    }

    private List<ExtendedAttribute> readMetadata(boolean desyncXattrs) throws IOException {
        List<ExtendedAttribute> xattrs = List.of();
        long total = 0;
        while (peek() && isMetadata(elementType)) {
            total += Math.min(elementSize, Catar.METADATA_MAX);
            if (total >= Catar.METADATA_MAX) {
                throw malformed(elementStart, "more than %d bytes of metadata".formatted(Catar.METADATA_MAX));
            }
            int length = (int) elementSize - Catar.HEADER_SIZE;
            byte[] body = readBody(length, new byte[length]);
            if (elementType == Catar.XATTR) {
                ExtendedAttribute xattr = xattr(body, desyncXattrs);
                if (xattrs.stream().anyMatch(seen -> seen.name().equals(xattr.name()))) {
                    throw malformed(elementStart, "xattr %s occurs twice".formatted(xattr.name()));
                }
                xattrs = xattrs.isEmpty() ? new ArrayList<>() : xattrs;
                xattrs.add(xattr);
            }
        }
        return xattrs;
    }

    private static boolean isMetadata(long type) {
        return type == Catar.USER
                || type == Catar.GROUP
                || type == Catar.XATTR
                || type == Catar.ACL_USER
                || type == Catar.ACL_GROUP
                || type == Catar.ACL_GROUP_OBJ
                || type == Catar.ACL_DEFAULT
                || type == Catar.ACL_DEFAULT_USER
                || type == Catar.ACL_DEFAULT_GROUP
                || type == Catar.FCAPS
                || type == Catar.QUOTA_PROJID
                || type == Catar.SELINUX;
    }

    private ExtendedAttribute xattr(byte[] body, boolean desync) {
        int nameEnd = 0;
        while (nameEnd < body.length && body[nameEnd] != 0) {
            nameEnd++;
        }
        if (nameEnd == 0 || nameEnd == body.length || nameEnd > Catar.NAME_MAX) {
            throw malformed(elementStart, "xattr without a name or with one that is too long");
        }
        String name = utf8(Arrays.copyOf(body, nameEnd), elementStart);
        int dot = name.indexOf('.');
        if (dot <= 0 || dot == name.length() - 1) {
            throw malformed(elementStart, "xattr \"%s\" is not a namespace and a name".formatted(name));
        }
        int end = body.length;
        if (desync && end > nameEnd + 1 && body[end - 1] == 0) {
            end--;
        }
        return new ExtendedAttribute(name, Arrays.copyOfRange(body, nameEnd + 1, end));
    }

    private String readName(Directory directory) throws IOException {
        byte[] name = readString(Catar.NAME_MAX);
        String text = utf8(name, elementStart);
        String path = directory.entry.path().isEmpty() ? text : directory.entry.path() + "/" + text;
        if (text.isEmpty() || text.equals(".") || text.equals("..") || text.indexOf('/') >= 0) {
            throw new UnsafePathException(source, elementStart, path, "a name must be one path component");
        }
        if (path.length() > Catar.PATH_MAX) {
            throw new UnsafePathException(source, elementStart, path, "the path is too long");
        }
        int order = Arrays.compareUnsigned(directory.lastName, name);
        if (order >= 0) {
            throw malformed(
                    elementStart,
                    order == 0
                            ? "\"%s\" occurs twice".formatted(path)
                            : "\"%s\" is out of order; names rise by their bytes".formatted(path));
        }
        directory.lastName = name;
        directory.inChild = true;
        directory.childStart = elementStart;
        directory.childHash = SipHash.ofName(name);
        return path;
    }

    private void readGoodbye(Directory directory) throws IOException {
        long start = elementStart;
        long size = elementSize;
        long expected = Catar.HEADER_SIZE + (directory.children + 1) * Catar.GOODBYE_ITEM_SIZE;
        if (size != expected) {
            throw malformed(
                    start,
                    "GOODBYE of %d bytes, where %d children take %d".formatted(size, directory.children, expected));
        }
        long checksum = 0;
        for (long i = 0; i < directory.children; i++) {
            byte[] item = readBody(Catar.GOODBYE_ITEM_SIZE, scratch);
            checksum += Directory.place(
                    start - (long) LONG.get(item, 0), (long) LONG.get(item, 8), (long) LONG.get(item, 16));
        }
        if (checksum != directory.checksum) {
            throw malformed(start, "GOODBYE does not list the children that came before it");
        }
        byte[] tail = readBody(Catar.GOODBYE_ITEM_SIZE, scratch);
        if ((long) LONG.get(tail, 0) != start - directory.entryStart
                || (long) LONG.get(tail, 8) != size
                || (long) LONG.get(tail, 16) != Catar.GOODBYE_TAIL) {
            throw malformed(position - Catar.GOODBYE_ITEM_SIZE, "GOODBYE has a wrong tail");
        }
    }

    /** Bytes of a NUL-terminated string element, without the NUL. */
    private byte[] readString(int max) throws IOException {
        long length = elementSize - Catar.HEADER_SIZE;
        if (length < 1 || length > max + 1L) {
            throw malformed(elementStart, "a string of %d bytes, where 1 to %d may be".formatted(length, max + 1));
        }
        byte[] body = readBody((int) length, new byte[(int) length]);
        int end = body.length - 1;
        for (int i = 0; i <= end; i++) {
            if ((body[i] == 0) != (i == end)) {
                throw malformed(elementStart, "a string must end with its only NUL");
            }
        }
        return Arrays.copyOf(body, end);
    }

    private String utf8(byte[] bytes, long offset) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UnsafePathException(
                    source, offset, "0x" + HexFormat.of().formatHex(bytes), "the name is not valid UTF-8");
        }
    }

    private void requireElement(String what) throws IOException {
        if (!peek()) {
            throw malformed(position, "the archive ends before " + what);
        }
    }

    private void requireType(long type, String path, String what) throws IOException {
        if (!peek() || elementType != type) {
            throw malformed(headerRead ? elementStart : position, "expected the %s \"%s\"".formatted(what, path));
        }
    }

    private void requireSize(long size) {
        if (elementSize != size) {
            throw malformed(elementStart, "an element of %d bytes, where %d must be".formatted(elementSize, size));
        }
    }

    /** Looks at the next element's header; false at the end of the stream. */
    private boolean peek() throws IOException {
        if (headerRead) {
            return true;
        }
        long start = position;
        int first = in.read();
        if (first < 0) {
            return false;
        }
        scratch[0] = (byte) first;
        position++;
        readFully(scratch, 1, Catar.HEADER_SIZE - 1);
        record(scratch, Catar.HEADER_SIZE);
        elementStart = start;
        elementSize = (long) LONG.get(scratch, 0);
        elementType = (long) LONG.get(scratch, 8);
        if (elementSize < Catar.HEADER_SIZE || elementSize > Long.MAX_VALUE - start) {
            throw malformed(start, "an element of %s bytes".formatted(Long.toUnsignedString(elementSize)));
        }
        headerRead = true;
        return true;
    }

    /** Reads a part of the element whose header was looked at. */
    private byte[] readBody(int length, byte[] target) throws IOException {
        headerRead = false;
        readFully(target, 0, length);
        record(target, length);
        return target;
    }

    private void record(byte[] bytes, int length) {
        if (skeleton != null) {
            if (skeleton.size() > ArchiveSkeleton.MAX_SIZE - length) {
                throw malformed(position, "too many entries for a skeleton");
            }
            skeleton.write(bytes, 0, length);
        }
    }

    private void readFully(byte[] target, int offset, int length) throws IOException {
        int n = in.readNBytes(target, offset, length);
        position += n;
        if (n < length) {
            throw malformed(position, "the archive ends inside an element");
        }
    }

    private void skipPayload() throws IOException {
        if (elided) {
            position += payloadLeft;
            payloadLeft = 0;
        }
        // All but the last byte, since the stream of a file skips beyond its end without a word.
        for (long n = 1; payloadLeft > 1 && n > 0; payloadLeft -= n, position += n) {
            n = in.skip(payloadLeft - 1);
        }
        if (payloadLeft > 0) {
            try {
                // A stream may claim to have skipped beyond its end, so the last byte is read.
                in.skipNBytes(payloadLeft - 1);
            } catch (EOFException e) {
                throw malformed(position, "the archive ends inside a file");
            }
            position += payloadLeft - 1;
            payloadLeft = 1;
            payload().transferTo(OutputStream.nullOutputStream());
        }
    }

    private MalformedArchiveException malformed(long offset, String reason) {
        return new MalformedArchiveException(source, offset, reason);
    }

    private final class Payload extends InputStream {
        /** Where the decoder must stand for this payload to be the current one. */
        private long expected;

        Payload(long start) {
            expected = start;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (expected != position) {
                throw new IllegalStateException("the archive has moved on");
            }
            if (payloadLeft == 0) {
                return -1;
            }
            int n = in.read(target, offset, (int) Math.min(length, payloadLeft));
            if (n < 0) {
                throw malformed(position, "the archive ends %d bytes before its file does".formatted(payloadLeft));
            }
            position += n;
            expected = position;
            payloadLeft -= n;
            return n;
        }

        @Override
        public int available() {
            return (int) Math.min(payloadLeft, Integer.MAX_VALUE);
        }
    }
}
