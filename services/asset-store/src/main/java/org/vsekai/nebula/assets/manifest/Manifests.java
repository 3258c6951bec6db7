package org.vsekai.nebula.assets.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.storage.ContentFiles;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.assets.storage.StoredFile;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.stores.ObjectMissingException;

/** The manifests of the store. It checks that they are JSON objects; what they say is their writer's. Thread-safe. */
@ApplicationScoped
public class Manifests {
    private static final Logger LOG = Logger.getLogger(Manifests.class);
    private static final String EXTENSION = ".json";
    private static final JsonFactory JSON = new JsonFactory();

    private final ContentFiles files;
    private final Condemned condemned;
    private final long maxBytes;

    Manifests(ContentFiles files, Condemned condemned, StoreConfig config) {
        this.files = files;
        this.condemned = condemned;
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

    /** Where a manifest lies, below the store's root. */
    public static String path(ContentName name) {
        return "manifests/" + name;
    }

    /** Takes manifests with the name of the index that each describes. */
    @FunctionalInterface
    public interface Visitor {
        void visit(ContentName manifest, String index);
    }

    /** Visits the manifests that were last written before a time; one that names no index is passed over. Blocking. */
    public void forEachOlderThan(Instant time, Visitor visitor) {
        files.forEachOlderThan(StoreFolder.MANIFESTS, time, text -> {
            if (text.endsWith(EXTENSION)) {
                ContentName name = parseName(text);
                find(name).flatMap(this::findIndex).ifPresent(index -> visitor.visit(name, index));
            }
        });
    }

    /** The member {@code name} of the member {@code index}. */
    private Optional<String> findIndex(StoredFile file) {
        try (InputStream in = files.open(file);
                JsonParser parser = JSON.createParser(in)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean isIndex = parser.currentName().equals("index");
                    if (parser.nextToken() == JsonToken.START_OBJECT && isIndex) {
                        return findName(parser);
                    }
                    parser.skipChildren();
                }
            }
            return Optional.empty();
        } catch (JsonProcessingException | ObjectMissingException e) {
            LOG.debugf("%s names no index: %s", file.object(), e.getMessage());
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> findName(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isName = parser.currentName().equals("name");
            if (parser.nextToken() == JsonToken.VALUE_STRING && isName) {
                return Optional.of(parser.getText());
            }
            parser.skipChildren();
        }
        return Optional.empty();
    }

    /** Stores a manifest. Blocking. @throws ProblemException MANIFEST_MALFORMED, NAME_MISMATCH, CONTENT_TOO_LARGE */
    void put(ContentName name, InputStream body) {
        condemned.awaitFileGone(path(name));
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
