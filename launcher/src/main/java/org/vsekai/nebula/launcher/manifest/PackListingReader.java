package org.vsekai.nebula.launcher.manifest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.pack.PackListing;
import org.vsekai.nebula.casync.pack.PackName;
import org.vsekai.nebula.launcher.BadAnswerException;

/** Reads a {@link PackListing}. Names in it become paths, so nothing passes that is not of the one form they have. */
public final class PackListingReader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxStringLength(128)
                    .maxNameLength(64)
                    .maxNumberLength(20)
                    .maxDocumentLength(PackListing.MAX_BYTES)
                    .build())
            .build();

    private final JsonParser json;

    private PackListingReader(JsonParser json) {
        this.json = json;
    }

    /**
     * @param source what errors call the document
     * @param indexName the index that it must be about
     * @throws BadAnswerException naming the source and the fault
     */
    public static PackListing read(byte[] document, String source, String indexName) {
        if (document.length > PackListing.MAX_BYTES) {
            throw new BadAnswerException(source, "the list of packs is larger than " + PackListing.MAX_BYTES, null);
        }
        try (JsonParser json = JSON.createParser(document)) {
            PackListing listing = new PackListingReader(json).listing();
            if (!listing.index().equals(indexName)) {
                throw new BadAnswerException(source, "the packs are those of " + listing.index(), null);
            }
            return listing;
        } catch (JacksonException e) {
            throw new BadAnswerException(source, "the list of packs is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new BadAnswerException(source, "malformed list of packs: " + e.getMessage(), e);
        } catch (IOException e) {
            // Jackson says so of damaged UTF-32.
            throw new BadAnswerException(source, "the list of packs is not valid JSON: " + e.getMessage(), e);
        }
    }

    private PackListing listing() throws IOException {
        @Nullable String index = null;
        boolean schema = false;
        List<PackListing.Entry> packs = new ArrayList<>();
        expect(json.nextToken() == JsonToken.START_OBJECT, "an object is expected");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "schema" -> {
                    expect(number(field) == 1, "schema is not 1; this launcher is too old for it");
                    schema = true;
                }
                case "index" -> index = text(field);
                case "packs" -> {
                    expect(json.currentToken() == JsonToken.START_ARRAY, "'packs' must be an array");
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        expect(packs.size() < PackListing.MAX_PACKS, "too many packs");
                        packs.add(pack());
                    }
                }
                default -> throw new IllegalArgumentException("unknown field '" + field + "'");
            }
        }
        expect(json.currentToken() == JsonToken.END_OBJECT, "the object does not end");
        expect(json.nextToken() == null, "something follows the object");
        expect(schema, "'schema' is missing");
        return new PackListing(required(index, "index"), packs);
    }

    private PackListing.Entry pack() throws IOException {
        @Nullable String kind = null;
        @Nullable String base = null;
        @Nullable PackName pack = null;
        @Nullable PackName packIndex = null;
        @Nullable Long packSize = null;
        @Nullable Long packIndexSize = null;
        expect(json.currentToken() == JsonToken.START_OBJECT, "a pack must be an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "kind" -> kind = text(field);
                case "base" -> base = text(field);
                case "pack" -> pack = name(field, PackName.PACK);
                case "pack_size" -> packSize = number(field);
                case "pack_index" -> packIndex = name(field, PackName.PACK_INDEX);
                case "pack_index_size" -> packIndexSize = number(field);
                default -> throw new IllegalArgumentException("unknown field 'packs[]." + field + "'");
            }
        }
        String required = required(kind, "kind");
        boolean isDelta = required.equals("delta");
        expect(isDelta || required.equals("install"), "unknown kind of pack '" + required + "'");
        expect(isDelta == (base != null), "a delta has a base, and an install pack has none");
        return new PackListing.Entry(
                Optional.ofNullable(base),
                required(pack, "pack"),
                required(packSize, "pack_size"),
                required(packIndex, "pack_index"),
                required(packIndexSize, "pack_index_size"));
    }

    private PackName name(String field, String extension) throws IOException {
        String file = text(field);
        expect(file.endsWith(extension), "'" + field + "' must end in " + extension);
        return new PackName(file.substring(0, file.length() - extension.length()));
    }

    private String text(String field) throws IOException {
        expect(json.currentToken() == JsonToken.VALUE_STRING, "'" + field + "' must be a string");
        return json.getText();
    }

    private long number(String field) throws IOException {
        expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT, "'" + field + "' must be a whole number");
        return json.getLongValue();
    }

    private static <T> T required(@Nullable T value, String field) {
        if (value == null) {
            throw new IllegalArgumentException("'" + field + "' is missing");
        }
        return value;
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
