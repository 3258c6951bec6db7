package org.vsekai.nebula.launcher.manifest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.UnsafePathException;
import org.vsekai.nebula.casync.archive.ArchiveEntry;
import org.vsekai.nebula.casync.archive.EntryKind;
import org.vsekai.nebula.casync.archive.EntryPolicy;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.version.SemanticVersion;

/**
 * Reads a manifest by its schema, pulling one token at a time, so that memory holds the entries and nothing else. Beyond the
 * schema it refuses what must not become a file: names that climb, names that Windows reserves, links that lead out, a node
 * whose folder was not listed before it, and {@value #RESERVED_FOLDER}, which is the launcher's own.
 */
public final class ManifestReader {
    /** Largest accepted manifest, bytes. */
    public static final long SIZE_LIMIT = 512L << 20;

    public static final int ENTRY_LIMIT = 1_000_000;

    /** The launcher's folder within a game's; no version may ship it. */
    public static final String RESERVED_FOLDER = ".vsekai";

    private static final int PATH_LIMIT = 4095;
    private static final long SAFE_INTEGER_LIMIT = 9007199254740991L;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern INDEX_NAME = Pattern.compile("[0-9a-f]{64}\\.caidx");
    private static final Pattern PERMISSIONS = Pattern.compile("0[0-7]{3}");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxStringLength(16 << 10)
                    .maxNameLength(64)
                    .maxNumberLength(20)
                    .maxDocumentLength(SIZE_LIMIT)
                    .build())
            .build();

    private final String source;
    private final JsonParser json;

    private ManifestReader(String source, JsonParser json) {
        this.source = source;
        this.json = json;
    }

    /**
     * @param source what errors call the manifest
     * @throws BadAnswerException naming the source and, where there is one, the place in it
     * @throws IOException if the file cannot be read
     */
    public static Manifest read(Path file, String source) throws IOException {
        if (Files.size(file) > SIZE_LIMIT) {
            throw new BadAnswerException(source, "the manifest is larger than " + SIZE_LIMIT + " bytes", null);
        }
        try (JsonParser json = JSON.createParser(file.toFile())) {
            return new ManifestReader(source, json).manifest();
        } catch (JacksonException e) {
            throw new BadAnswerException(source, "the manifest is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (CharConversionException e) {
            throw new BadAnswerException(source, "the manifest is not valid JSON: " + e.getMessage(), e);
        }
    }

    private Manifest manifest() throws IOException {
        @Nullable String mode = null;
        @Nullable SemanticVersion version = null;
        @Nullable Index index = null;
        @Nullable Archive archive = null;
        @Nullable LinkedHashMap<String, ManifestEntry> entries = null;
        boolean schema = false;
        expect(json.nextToken() == JsonToken.START_OBJECT, "an object is expected");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "schema" -> {
                    expect(number(field) == Manifest.SCHEMA, "schema is not 1; this launcher is too old for it");
                    schema = true;
                }
                case "mode" -> {
                    mode = text(field);
                    expect(!mode.isEmpty() && mode.length() <= 63, "mode must have 1 to 63 characters");
                }
                case "version" -> version = version();
                case "index" -> index = index();
                case "archive" -> archive = archive();
                case "files" -> entries = entries();
                default -> throw malformed("unknown field '" + field + "'");
            }
        }
        expect(json.currentToken() == JsonToken.END_OBJECT, "the object does not end");
        expect(json.nextToken() == null, "something follows the object");
        expect(schema, "'schema' is missing");
        Archive shape = required(archive, "archive");
        Index reference = required(index, "index");
        return new Manifest(
                required(mode, "mode"),
                required(version, "version"),
                reference.name,
                reference.size,
                shape.size,
                shape.chunks,
                shape.digest,
                shape.sizes,
                required(entries, "files"));
    }

    private SemanticVersion version() throws IOException {
        try {
            return SemanticVersion.parse(text("version"));
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    private record Index(String name, long size) {}

    private Index index() throws IOException {
        @Nullable String name = null;
        @Nullable String sha256 = null;
        @Nullable Long size = null;
        expect(json.currentToken() == JsonToken.START_OBJECT, "'index' must be an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "name" -> name = matching(INDEX_NAME, field);
                case "sha256" -> sha256 = matching(SHA256, field);
                case "size" -> size = number(field);
                default -> throw malformed("unknown field 'index." + field + "'");
            }
        }
        String required = required(name, "index.name");
        expect(required.startsWith(required(sha256, "index.sha256")), "index.name is not that of index.sha256");
        return new Index(required, required(size, "index.size"));
    }

    private record Archive(long size, long chunks, ChunkDigest digest, ChunkSizes sizes) {}

    private Archive archive() throws IOException {
        @Nullable Long size = null;
        @Nullable Long chunks = null;
        @Nullable String digest = null;
        long min = 0;
        long avg = 0;
        long max = 0;
        expect(json.currentToken() == JsonToken.START_OBJECT, "'archive' must be an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "size" -> size = number(field);
                case "chunks" -> chunks = number(field);
                case "digest" -> digest = text(field);
                case "chunk_min" -> min = number(field);
                case "chunk_avg" -> avg = number(field);
                case "chunk_max" -> max = number(field);
                default -> throw malformed("unknown field 'archive." + field + "'");
            }
        }
        try {
            return new Archive(
                    required(size, "archive.size"),
                    required(chunks, "archive.chunks"),
                    ChunkDigest.parse(required(digest, "archive.digest")),
                    new ChunkSizes(Math.toIntExact(min), Math.toIntExact(avg), Math.toIntExact(max)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw malformed("'archive': " + e.getMessage());
        }
    }

    private LinkedHashMap<String, ManifestEntry> entries() throws IOException {
        expect(json.currentToken() == JsonToken.START_ARRAY, "'files' must be an array");
        LinkedHashMap<String, ManifestEntry> entries = new LinkedHashMap<>();
        Set<String> folded = new HashSet<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(entries.size() < ENTRY_LIMIT, "more than " + ENTRY_LIMIT + " entries");
            ManifestEntry entry = entry();
            String path = entry.path();
            int slash = path.lastIndexOf('/');
            expect(
                    slash < 0 || entries.get(path.substring(0, slash)) instanceof ManifestEntry.Directory,
                    "'" + path + "' stands in a folder that is not listed before it");
            expect(entries.put(path, entry) == null, "'" + path + "' is listed twice");
            expect(
                    !CaseFolding.FOLDS || folded.add(CaseFolding.fold(path)),
                    "'" + path + "' differs from another path only in case, which this system cannot hold");
        }
        return entries;
    }

    private ManifestEntry entry() throws IOException {
        @Nullable String type = null;
        @Nullable String path = null;
        @Nullable String permissions = null;
        @Nullable String sha256 = null;
        @Nullable String target = null;
        @Nullable Long size = null;
        expect(json.currentToken() == JsonToken.START_OBJECT, "an entry of 'files' must be an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "type" -> type = text(field);
                case "path" -> path = text(field);
                case "mode" -> permissions = matching(PERMISSIONS, field);
                case "sha256" -> sha256 = matching(SHA256, field);
                case "target" -> target = text(field);
                case "size" -> size = number(field);
                default -> throw malformed("unknown field 'files[]." + field + "'");
            }
        }
        String where = required(path, "files[].path");
        ManifestEntry entry =
                switch (required(type, "files[].type")) {
                    case "file" -> {
                        expect(target == null, "a file has no target");
                        yield new ManifestEntry.File(
                                where,
                                Integer.parseInt(required(permissions, "files[].mode"), 8),
                                required(size, "files[].size"),
                                required(sha256, "files[].sha256"));
                    }
                    case "directory" -> {
                        expect(target == null && size == null && sha256 == null, "a directory has only path and mode");
                        yield new ManifestEntry.Directory(
                                where, Integer.parseInt(required(permissions, "files[].mode"), 8));
                    }
                    case "symlink" -> {
                        expect(
                                permissions == null && size == null && sha256 == null,
                                "a symlink has only path and target");
                        yield new ManifestEntry.Symlink(where, required(target, "files[].target"));
                    }
                    default -> throw malformed("unknown type of '" + where + "'");
                };
        checkPath(entry);
        return entry;
    }

    private void checkPath(ManifestEntry entry) {
        String path = entry.path();
        expect(path.length() <= PATH_LIMIT, "a path is longer than " + PATH_LIMIT + " characters");
        for (String name : path.split("/", -1)) {
            expect(
                    !name.isEmpty() && !name.equals(".") && !name.equals("..") && name.indexOf('\0') < 0,
                    "unsafe path '" + path + "'");
        }
        int slash = path.indexOf('/');
        expect(
                !CaseFolding.fold(slash < 0 ? path : path.substring(0, slash)).equals(RESERVED_FOLDER),
                "'" + path + "' lies in the launcher's own folder");
        EntryKind kind =
                switch (entry) {
                    case ManifestEntry.File ignored -> EntryKind.FILE;
                    case ManifestEntry.Directory ignored -> EntryKind.DIRECTORY;
                    case ManifestEntry.Symlink ignored -> EntryKind.SYMLINK;
                };
        String target = entry instanceof ManifestEntry.Symlink link ? link.target() : "";
        expect(kind != EntryKind.SYMLINK || !target.isEmpty(), "'" + path + "' links to nothing");
        try {
            EntryPolicy.PORTABLE.check(
                    source, new ArchiveEntry(path, kind, 0, 0, 0, 0, List.of(), target, 0, 0, 0, 0, 0));
        } catch (UnsafePathException e) {
            throw new BadAnswerException(source, String.valueOf(e.getMessage()), e);
        }
    }

    private String text(String field) throws IOException {
        expect(json.currentToken() == JsonToken.VALUE_STRING, "'" + field + "' must be a string");
        return json.getText();
    }

    private String matching(Pattern pattern, String field) throws IOException {
        String text = text(field);
        expect(pattern.matcher(text).matches(), "'" + field + "' must match " + pattern);
        return text;
    }

    private long number(String field) throws IOException {
        expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT, "'" + field + "' must be a whole number");
        long value = json.getLongValue();
        expect(value >= 0 && value <= SAFE_INTEGER_LIMIT, "'" + field + "' is out of range");
        return value;
    }

    private <T> T required(@Nullable T value, String field) {
        if (value == null) {
            throw malformed("'" + field + "' is missing");
        }
        return value;
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw malformed(otherwise);
        }
    }

    private BadAnswerException malformed(String reason) {
        return new BadAnswerException(
                source,
                "malformed manifest at byte " + json.currentTokenLocation().getByteOffset() + ": " + reason,
                null);
    }
}
