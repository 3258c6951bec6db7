package org.vsekai.nebula.casync.archive;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.util.Arrays;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.durable.DurableFiles;

/**
 * An archive without the contents of its files: all that is needed, beside the files themselves, to have the archive's
 * exact bytes again, whatever has become of owners and times on the disk. About 250 bytes an entry.
 *
 * <p>File format, big-endian: 8 bytes {@code "NBSKEL\0\1"} (the last is the version), 8 bytes length, the archive's bytes
 * less every PAYLOAD's body, 32 bytes SHA-256 of all that.
 */
public final class ArchiveSkeleton {
    /** Largest skeleton in bytes: two million entries. */
    public static final int MAX_SIZE = 1 << 29;

    private static final long MAGIC = 0x4e42534b454c0001L;

    private final byte[] literals;

    ArchiveSkeleton(byte[] literals) {
        this.literals = literals;
    }

    byte[] literals() {
        return literals;
    }

    /** Writes the skeleton whole and durably, or leaves the old file. */
    public void write(Path file) throws IOException {
        DurableFiles.replace(file, this::write);
    }

    public void write(OutputStream out) throws IOException {
        DigestOutputStream digesting = new DigestOutputStream(out, ChunkDigest.SHA256.newMessageDigest());
        DataOutputStream data = new DataOutputStream(digesting);
        data.writeLong(MAGIC);
        data.writeLong(literals.length);
        data.write(literals);
        data.flush();
        out.write(digesting.getMessageDigest().digest());
    }

    /**
     * @throws MalformedArchiveException when the file is not a skeleton, is cut short or was damaged
     */
    public static ArchiveSkeleton read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString());
        }
    }

    /**
     * @param source what errors call the skeleton
     * @throws MalformedArchiveException when the stream is not a skeleton, is cut short or was damaged
     */
    public static ArchiveSkeleton read(InputStream in, String source) throws IOException {
        DigestInputStream digesting = new DigestInputStream(in, ChunkDigest.SHA256.newMessageDigest());
        DataInputStream data = new DataInputStream(digesting);
        try {
            if (data.readLong() != MAGIC) {
                throw new MalformedArchiveException(source, 0, "not a skeleton of a version known here");
            }
            long length = data.readLong();
            if (length < 0 || length > MAX_SIZE) {
                throw new MalformedArchiveException(source, 8, "a skeleton of %d bytes".formatted(length));
            }
            byte[] literals = data.readNBytes((int) length); // grows with what arrives, not with what is claimed
            byte[] expected = digesting.getMessageDigest().digest();
            byte[] stored = in.readNBytes(expected.length);
            if (literals.length < length || !Arrays.equals(expected, stored) || in.read() >= 0) {
                throw new MalformedArchiveException(source, 16, "the skeleton is damaged: its checksum differs");
            }
            return new ArchiveSkeleton(literals);
        } catch (EOFException e) {
            throw new MalformedArchiveException(source, 0, "the skeleton is cut short");
        }
    }
}
