package org.vsekai.nebula.casync.archive;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import org.vsekai.nebula.casync.chunk.ChunkDigest;

/**
 * A node of an archive and, if it is a file, the digest of its content.
 *
 * @param sha256 64 lower-case hexadecimal digits; empty for other kinds
 */
public record FileDigest(ArchiveEntry entry, String sha256) {
    /**
     * Reads an archive to its end and tells of each node in turn, without writing anything.
     *
     * @param policy what may be in the archive
     * @throws org.vsekai.nebula.casync.MalformedArchiveException when the archive is not sound, perhaps after many nodes
     *     were told of
     * @throws org.vsekai.nebula.casync.UnsafePathException when it holds what the policy refuses
     */
    public static void forEach(ArchiveDecoder archive, EntryPolicy policy, Consumer<FileDigest> consumer)
            throws IOException {
        byte[] buffer = new byte[1 << 16];
        MessageDigest digest = ChunkDigest.SHA256.newMessageDigest();
        for (Optional<ArchiveElement> next = archive.next(); next.isPresent(); next = archive.next()) {
            if (next.get() instanceof ArchiveElement.Entry(ArchiveEntry entry)) {
                policy.check(archive.source(), entry);
                String sha256 = "";
                if (entry.kind() == EntryKind.FILE) {
                    InputStream payload = archive.payload();
                    for (int n; (n = payload.read(buffer)) >= 0; ) {
                        digest.update(buffer, 0, n);
                    }
                    sha256 = HexFormat.of().formatHex(digest.digest());
                }
                consumer.accept(new FileDigest(entry, sha256));
            }
        }
    }
}
