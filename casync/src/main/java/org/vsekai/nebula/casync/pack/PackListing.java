package org.vsekai.nebula.casync.pack;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The packs that there are of one index: the document {@code packs/{index name}.json} of a store, which unlike everything
 * else there changes under its name. A client that finds none goes without packs.
 *
 * @param index name of the index file
 * @param packs at most {@value #MAX_PACKS}, no two of one kind and base
 */
public record PackListing(String index, List<Entry> packs) {
    /** Most packs of an index. */
    public static final int MAX_PACKS = 16;

    /** Largest document, bytes. */
    public static final int MAX_BYTES = 16 << 10;

    private static final Pattern INDEX_NAME = Pattern.compile("[0-9a-f]{64}\\.cai[db]x");

    public PackListing {
        requireIndexName(index);
        packs = List.copyOf(packs);
        Set<Optional<String>> kinds = new HashSet<>();
        if (packs.size() > MAX_PACKS || !packs.stream().map(Entry::base).allMatch(kinds::add)) {
            throw new IllegalArgumentException("want at most %d packs, one of each kind and base".formatted(MAX_PACKS));
        }
    }

    /**
     * A pack and its pack index.
     *
     * @param base name of the base index file; empty for the install pack
     * @param packBytes size of the pack
     * @param packIndexBytes size of the pack index
     */
    public record Entry(Optional<String> base, PackName pack, long packBytes, PackName packIndex, long packIndexBytes) {
        public Entry {
            base.ifPresent(PackListing::requireIndexName);
            if (packBytes < 0 || packIndexBytes < 1 || packIndexBytes > PackIndexCodec.maxBytes()) {
                throw new IllegalArgumentException(
                        "a pack of %d bytes with a pack index of %d".formatted(packBytes, packIndexBytes));
            }
        }

        public static Entry of(Optional<String> base, PackMaker.Made made) {
            return new Entry(base, made.pack(), made.packBytes(), made.packIndex(), made.packIndexBytes());
        }

        private String toJson() {
            return "{%s,\"pack\":\"%s\",\"pack_size\":%d,\"pack_index\":\"%s\",\"pack_index_size\":%d}"
                    .formatted(
                            base.map("\"kind\":\"delta\",\"base\":\"%s\""::formatted)
                                    .orElse("\"kind\":\"install\""),
                            pack.packFile(),
                            packBytes,
                            packIndex.packIndexFile(),
                            packIndexBytes);
        }
    }

    private static void requireIndexName(String name) {
        if (!INDEX_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" is not the name of an index");
        }
    }

    /** Where the document about an index is in a store, from its root. */
    public static String path(String indexName) {
        requireIndexName(indexName);
        return "packs/" + indexName + ".json";
    }

    /** The document. Nothing in it needs escaping: names are hexadecimal. */
    public String toJson() {
        return "{\"schema\":1,\"index\":\"%s\",\"packs\":[%s]}"
                .formatted(index, packs.stream().map(Entry::toJson).collect(Collectors.joining(",")));
    }
}
