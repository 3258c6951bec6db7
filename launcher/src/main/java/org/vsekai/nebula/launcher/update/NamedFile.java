package org.vsekai.nebula.launcher.update;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.pack.PackIndexCodec;
import org.vsekai.nebula.casync.pack.PackName;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.manifest.ManifestReader;

/**
 * A file on the servers that is named by the SHA-256 of its bytes.
 *
 * @param home the server that it was said to lie on, with a trailing slash; null if only the name is known
 */
record NamedFile(Kind kind, String name, @Nullable URI home) {
    enum Kind {
        MANIFEST("manifests/", ".json", ManifestReader.SIZE_LIMIT),
        INDEX("indexes/", ".caidx", ChunkIndexCodec.DEFAULT_MAX_BYTES),
        PACK_INDEX("packs/", PackName.PACK_INDEX, PackIndexCodec.maxBytes());

        final String folder;
        final String extension;
        final long sizeLimit;

        Kind(String folder, String extension, long sizeLimit) {
            this.folder = folder;
            this.extension = extension;
            this.sizeLimit = sizeLimit;
        }
    }

    NamedFile {
        if (!name.matches("[0-9a-f]{64}\\" + kind.extension)) {
            throw new IllegalArgumentException("'" + name + "', which is not a digest with " + kind.extension);
        }
    }

    /** @param address absolute, {@code {base}/{folder}/{name}} */
    static NamedFile of(Kind kind, String address) {
        int folder = address.lastIndexOf('/' + kind.folder);
        if (folder < 0) {
            throw new IllegalArgumentException("'" + address + "', which is not below " + kind.folder);
        }
        return new NamedFile(
                kind,
                address.substring(folder + 1 + kind.folder.length()),
                ServiceAddresses.base(address.substring(0, folder + 1)));
    }

    /** 64 lower-case hex digits. */
    String sha256() {
        return name.substring(0, 64);
    }

    URI at(URI base) {
        return base.resolve(kind.folder + name);
    }

    Optional<URI> findHome() {
        return Optional.ofNullable(home);
    }
}
