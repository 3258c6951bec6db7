package org.vsekai.nebula.assets.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.storage.ContentFiles;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.assets.storage.StoredFile;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** The manifests of the store. It checks that they are JSON objects; what they say is their writer's. Thread-safe. */
@ApplicationScoped
public class Manifests {
    private static final String EXTENSION = ".json";
    private static final JsonFactory JSON = new JsonFactory();

    private final ContentFiles files;
    private final long maxBytes;

    Manifests(ContentFiles files, StoreConfig config) {
        this.files = files;
        this.maxBytes = config.maxManifestSize().asLongValue();
    }

    /** @throws ProblemException INVALID_NAME */
    static ContentName parseName(String name) {
        return ContentName.parse(name, List.of(EXTENSION));
    }

    Optional<StoredFile> find(ContentName name) {
        return files.find(StoreFolder.MANIFESTS, name, "application/json");
    }

    /** Stores a manifest under the digest of its bytes. Blocking. @throws ProblemException MANIFEST_MALFORMED */
    public ContentName put(byte[] content) {
        ContentName name = new ContentName(
                HexFormat.of().formatHex(ChunkDigest.SHA256.newMessageDigest().digest(content)), EXTENSION);
        put(name, new ByteArrayInputStream(content));
        return name;
    }

    /** Stores a manifest. Blocking. @throws ProblemException MANIFEST_MALFORMED, NAME_MISMATCH, CONTENT_TOO_LARGE */
    void put(ContentName name, InputStream body) {
        Path unused = files.put(StoreFolder.MANIFESTS, name, body, maxBytes, Manifests::check);
    }

    private static Path check(Path file) throws IOException {
        try (JsonParser parser = JSON.createParser(file.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("it is not a JSON object", null);
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw malformed("something follows the JSON object", null);
            }
            return file;
        } catch (JsonProcessingException e) {
            throw malformed(e.getOriginalMessage(), e);
        }
    }

    private static ProblemException malformed(String reason, @Nullable Throwable cause) {
        return new ProblemException(
                ProblemKind.INVALID, "MANIFEST_MALFORMED", "The manifest cannot be taken: " + reason + ".", cause);
    }
}
