package org.vsekai.nebula.benchmarks.assets;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.vsekai.nebula.benchmarks.Table;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.Chunker;
import org.vsekai.nebula.casync.store.ChunkCodec;

/**
 * {@code AssetDedup OLD NEW [JSON]}: stores the glTF files below OLD as assets are stored, and then those below NEW, and tells
 * what the second adds. Counts chunks, starts no service: the figures are the same on every machine.
 */
public final class AssetDedup {
    private static final Set<String> EXTENSIONS = Set.of("glb", "gltf", "bin", "vrm", "ktx2");

    private final ChunkSizes sizes;
    private final Set<ChunkId> held = new HashSet<>();

    private AssetDedup(ChunkSizes sizes) {
        this.sizes = sizes;
    }

    /** Of one version: all bytes, those in chunks that were not held before, and those as stored. */
    private record Version(long files, long bytes, long newBytes, long storedBytes) {}

    private Version store(List<Path> files) throws IOException {
        long bytes = 0;
        long newBytes = 0;
        long storedBytes = 0;
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                Chunker chunker = new Chunker(in, sizes);
                while (chunker.next() > 0) {
                    bytes += chunker.length();
                    if (held.add(chunker.id(ChunkDigest.SHA512_256))) {
                        newBytes += chunker.length();
                        storedBytes += ChunkCodec.compress(chunker.buffer(), chunker.offset(), chunker.length()).length;
                    }
                }
            }
        }
        return new Version(files.size(), bytes, newBytes, storedBytes);
    }

    private static List<Path> models(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile)
                    .filter(file -> EXTENSIONS.contains(extension(file)))
                    .sorted()
                    .toList();
        }
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /** The files of the new version that the old one has under the same path, with other bytes. */
    private static List<Path> changed(Path oldFolder, Path newFolder, List<Path> files) throws IOException {
        List<Path> changed = new ArrayList<>();
        for (Path file : files) {
            Path before = oldFolder.resolve(newFolder.relativize(file));
            if (Files.exists(before) && Files.mismatch(before, file) >= 0) {
                changed.add(file);
            }
        }
        return changed;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            System.err.println("usage: AssetDedup OLD NEW [JSON]");
            System.exit(2);
        }
        Path oldFolder = Path.of(arguments[0]);
        Path newFolder = Path.of(arguments[1]);
        List<Path> oldFiles = models(oldFolder);
        List<Path> newFiles = models(newFolder);
        Table table = new Table("chunks (KiB)", "version", "files", "bytes", "in new chunks", "share", "stored, zstd");
        Map<String, Object> json = new LinkedHashMap<>();
        List<Path> changed = changed(oldFolder, newFolder, newFiles);
        for (String kibibytes : List.of("16:64:256", "4:16:64")) {
            AssetDedup store = new AssetDedup(ChunkSizes.parse(kibibytes));
            add(table, json, kibibytes, "old", store.store(oldFiles));
            add(table, json, kibibytes, "new: changed models", store.store(changed));
            add(table, json, kibibytes, "new: all", store.store(newFiles));
        }
        System.out.print(table);
        if (arguments.length > 2) {
            new JsonMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(Path.of(arguments[2]).toFile(), json);
        }
    }

    private static void add(Table table, Map<String, Object> json, String sizes, String name, Version version) {
        double share = version.bytes == 0 ? 0 : (double) version.newBytes / version.bytes;
        table.row(sizes, name, version.files, version.bytes, version.newBytes, share, version.storedBytes);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("files", version.files);
        figures.put("bytes", version.bytes);
        figures.put("new_bytes", version.newBytes);
        figures.put("stored_bytes", version.storedBytes);
        json.put(sizes + " " + name, figures);
    }
}
