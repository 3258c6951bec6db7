package org.vsekai.nebula.updater.version;

import java.net.URI;
import java.util.UUID;
import org.vsekai.nebula.updater.endpoint.PublicAddresses;

/** A file as REST shows it. */
record FileView(UUID id, String fileName, URI fileUri, String fileChecksumHash) {
    static FileView of(VersionFile file, PublicAddresses addresses) {
        return new FileView(file.id(), file.name(), addresses.resolve(file.uri()), file.checksumHash());
    }
}
