package org.vsekai.nebula.casync.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.Conformance;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.UnsafePathException;
import org.vsekai.nebula.casync.assemble.Assembler;
import org.vsekai.nebula.casync.assemble.AssemblyOptions;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.ParallelChunker;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;

class ConformanceArchiveTest {
    @TempDir
    Path folder;

    @Test
    void archiveOfTheTreeIsByteIdenticalToDesyncs() throws IOException {
        Path tree = TestTree.create(folder.resolve("tree"));
        try (ArchiveLayout layout = ArchiveLayout.ofFolder(tree, ArchiveOptions.keepingEverything())) {
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            layout.writeTo(written);
            byte[] ours = written.toByteArray();
            byte[] desyncs = Files.readAllBytes(Conformance.file("desync/tree.catar"));
            if (isRoot()) {
                assertThat(ours).isEqualTo(desyncs);
            } else {
                assertThat(withoutOwners(ours)).isEqualTo(withoutOwners(desyncs));
            }
            assertThat(layout.size()).isEqualTo(desyncs.length);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "desync/tree.catar",
                "casync/tree.catar",
                "desync/owners.catar",
                "casync/owners.catar",
                "casync/owners-unix.catar"
            })
    void entriesAreThoseOfTheDump(String archive) throws IOException {
        List<String> ours = new ArrayList<>();
        for (ArchiveEntry entry : entries(Conformance.file(archive))) {
            ours.add("%s mode=0%o uid=%d gid=%d mtime=%d %s"
                    .formatted(
                            entry.name(),
                            entry.mode(),
                            entry.uid(),
                            entry.gid(),
                            entry.mtimeNanos(),
                            switch (entry.kind()) {
                                case FILE -> entry.size() + " bytes";
                                case SYMLINK -> "'" + entry.linkTarget() + "'";
                                case DEVICE -> "major=%d minor=%d".formatted(entry.deviceMajor(), entry.deviceMinor());
                                case DIRECTORY, FIFO, SOCKET -> "";
                            }));
        }
        assertThat(ours).isEqualTo(dump(Conformance.file(archive + ".dump.txt")));
    }

    /** The entries that a dump lists, in the notation of the test above. */
    private static List<String> dump(Path file) throws IOException {
        List<String> entries = new ArrayList<>();
        String name = "";
        for (String line : Files.readAllLines(file)) {
            String[] columns = line.strip().split("\\s+", 4); // offset, size, element, the rest
            String type = columns[2];
            String rest = columns[3];
            switch (type) {
                case "FILENAME" -> name = rest.substring(1, rest.length() - 1);
                case "ENTRY" ->
                    entries.add(name
                            + rest.replaceFirst("^features=\\S+", "")
                                    .replaceFirst(" flags=\\S+", "")
                                    .replaceFirst("mode=0+", "mode=0")
                            + " ");
                case "PAYLOAD", "SYMLINK", "DEVICE" -> entries.add(entries.removeLast() + rest);
                default -> {}
            }
        }
        return entries;
    }

    @ParameterizedTest
    @ValueSource(strings = {"desync/owners.catar", "casync/owners.catar"})
    void xattrsAreReadAsTheToolMeantThem(String archive) throws IOException {
        ArchiveEntry file = entries(Conformance.file(archive)).stream()
                .filter(entry -> entry.path().equals("f"))
                .findFirst()
                .orElseThrow();
        assertThat(file.xattrs())
                .containsExactly(
                        new ExtendedAttribute("user.abc", new byte[] {0, 1, 'b', 'i', 'n'}),
                        new ExtendedAttribute("user.comment", "some text".getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"desync/tree.catar", "casync/tree.catar"})
    void extractionGivesTheTree(String archive) throws IOException {
        Path expected = TestTree.create(folder.resolve("expected"));
        Path target = folder.resolve("target");
        ExtractReport report = extract(Conformance.file(archive), target, ExtractOptions.forPlayers());
        assertThat(TestTree.describe(target)).isEqualTo(TestTree.describe(expected));
        assertThat(report.files()).isEqualTo(13);
        assertThat(report.symlinks()).isEqualTo(2);
    }

    @Test
    void indexOfTheTreeIsByteIdenticalToDesyncs() throws IOException {
        Path tree = TestTree.create(folder.resolve("tree"));
        assumeTrue(isRoot(), "the archive states its owner, which must be root");
        try (ArchiveLayout layout = ArchiveLayout.ofFolder(tree, ArchiveOptions.keepingEverything())) {
            ChunkIndex.Builder index = ChunkIndex.builder(ChunkSizes.DEFAULT, layout.featureFlags());
            new ParallelChunker(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256, 2)
                    .chunk(layout, (number, start, id, bytes, offset, length) -> {}, index::add);
            assertThat(ChunkIndexCodec.toBytes(index.build()))
                    .isEqualTo(Files.readAllBytes(Conformance.file("desync/tree.caidx")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"desync", "casync"})
    void treeIsExtractedFromIndexAndStore(String tool) throws IOException {
        Path expected = TestTree.create(folder.resolve("expected"));
        Path target = folder.resolve("target");
        ChunkIndex index = ChunkIndexCodec.read(Conformance.file(tool + "/tree.caidx"));
        try (LocalChunkStore store = new LocalChunkStore(Conformance.file("store-" + tool));
                InputStream in =
                        new Assembler(index, List.of(), List.of(store), null, AssemblyOptions.DEFAULT).open()) {
            new ArchiveExtractor(target, ExtractOptions.forPlayers(), ExtractListener.NONE)
                    .extract(new ArchiveDecoder(in, tool + "/tree.caidx", index.blobSize()));
        }
        assertThat(TestTree.describe(target)).isEqualTo(TestTree.describe(expected));
    }

    static Stream<Path> malformed() throws IOException {
        try (Stream<Path> files = Files.list(Conformance.file("malformed"))) {
            return files
                    .filter(file -> file.toString().endsWith(".catar") && !file.endsWith("catar-ok.catar"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedArchiveIsRefusedWithFileAndOffset(Path archive) throws IOException {
        Path target = Files.createDirectories(folder.resolve("a/b/target"));
        Path before = folder.resolve("a");
        for (ExtractOptions options : List.of(ExtractOptions.forPlayers(), ExtractOptions.keepingEverything(false))) {
            assertThatThrownBy(() -> extract(archive, target.resolve("new"), options))
                    .isInstanceOfAny(MalformedArchiveException.class, UnsafePathException.class)
                    .hasMessageContaining(archive.toString())
                    .hasMessageMatching("(?s).*at byte \\d+.*");
            delete(target.resolve("new"));
        }
        assertThat(TestTree.describe(before).keySet()).containsExactly("", "b", "b/target");
        assertThat(Path.of("/tmp/evil-catar")).doesNotExist();
    }

    @Test
    void soundArchiveBesideTheMalformedOnesIsAccepted() throws IOException {
        extract(Conformance.file("malformed/catar-ok.catar"), folder.resolve("ok"), ExtractOptions.forPlayers());
        assertThat(folder.resolve("ok/b")).hasContent("evil\n");
    }

    @Test
    void archiveCutShortAtAnyByteIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(Conformance.file("casync/owners.catar"));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> drain(cut))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(MalformedArchiveException.class);
        }
        drain(whole);
    }

    static void drain(byte[] archive) throws IOException {
        FileDigest.forEach(
                new ArchiveDecoder(new ByteArrayInputStream(archive), "memory"), EntryPolicy.ANYTHING, digest -> {});
    }

    static List<ArchiveEntry> entries(Path archive) throws IOException {
        List<ArchiveEntry> entries = new ArrayList<>();
        try (InputStream in = Files.newInputStream(archive)) {
            ArchiveDecoder decoder = new ArchiveDecoder(in, archive.toString());
            for (Optional<ArchiveElement> next = decoder.next(); next.isPresent(); next = decoder.next()) {
                if (next.get() instanceof ArchiveElement.Entry(ArchiveEntry entry)) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    static ExtractReport extract(Path archive, Path target, ExtractOptions options) throws IOException {
        try (InputStream in = Files.newInputStream(archive)) {
            return new ArchiveExtractor(target, options, ExtractListener.NONE)
                    .extract(new ArchiveDecoder(in, archive.toString(), Files.size(archive)));
        }
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** An archive is the same for any user but for the two words of each ENTRY that name the owner. */
    static byte[] withoutOwners(byte[] archive) {
        ByteBuffer bytes = ByteBuffer.wrap(archive.clone()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i + 64 <= archive.length; i++) {
            if (bytes.getLong(i) == Catar.ENTRY_SIZE && bytes.getLong(i + 8) == Catar.ENTRY) {
                bytes.putLong(i + 40, 0).putLong(i + 48, 0);
            }
        }
        return bytes.array();
    }

    static void delete(Path tree) throws IOException {
        if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> paths = Files.walk(tree)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
