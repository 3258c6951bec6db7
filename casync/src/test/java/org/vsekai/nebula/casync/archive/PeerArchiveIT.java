package org.vsekai.nebula.casync.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.PeerTool;
import org.vsekai.nebula.casync.assemble.Assembler;
import org.vsekai.nebula.casync.assemble.AssemblyOptions;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.ParallelChunker;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;

/** desync and casync unpack our archives, and we theirs. */
class PeerArchiveIT {
    private static final ExtractOptions EVERYTHING = ExtractOptions.keepingEverything(false);

    @TempDir
    Path folder;

    Path tree;
    Path target;
    TreeMap<String, String> expected;

    @BeforeEach
    void makeTree() throws IOException {
        tree = TestTree.create(folder.resolve("tree"));
        target = folder.resolve("target");
        expected = TestTree.describe(tree);
    }

    private Path ours() throws IOException {
        Path archive = folder.resolve("ours.catar");
        return Files.write(
                archive, ArchiveLayoutTest.bytes(ArchiveLayout.ofFolder(tree, ArchiveOptions.keepingEverything())));
    }

    /** Chunks our archive of the tree into {@code store}; the index. */
    private Path oursIndexed(Path store) throws IOException {
        try (ArchiveLayout layout = ArchiveLayout.ofFolder(tree, ArchiveOptions.keepingEverything());
                LocalChunkStore chunks = new LocalChunkStore(store)) {
            ChunkIndex.Builder index = ChunkIndex.builder(ChunkSizes.DEFAULT, layout.featureFlags());
            new ParallelChunker(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256, 2)
                    .chunk(
                            layout,
                            (number, start, id, bytes, offset, length) ->
                                    chunks.put(id, ChunkCodec.compress(bytes, offset, length)),
                            index::add);
            Path file = folder.resolve("ours.caidx");
            ChunkIndexCodec.write(index.build(), file);
            return file;
        }
    }

    private void extractIndexed(Path index, Path store) throws IOException {
        ChunkIndex read = ChunkIndexCodec.read(index);
        try (LocalChunkStore chunks = new LocalChunkStore(store);
                InputStream in =
                        new Assembler(read, List.of(), List.of(chunks), null, AssemblyOptions.DEFAULT).open()) {
            new ArchiveExtractor(target, EVERYTHING, ExtractListener.NONE)
                    .extract(new ArchiveDecoder(in, index.toString(), read.blobSize()));
        }
    }

    /** desync does not restore the times of symlinks. */
    private static TreeMap<String, String> withoutLinkTimes(TreeMap<String, String> tree) {
        TreeMap<String, String> result = new TreeMap<>(tree);
        result.replaceAll((path, text) -> text.startsWith("120777") ? text.replaceFirst(" \\d+ ", " ") : text);
        return result;
    }

    @Test
    void desyncUnpacksOurArchive() throws Exception {
        PeerTool.find("desync").succeed(folder, "untar", ours(), Files.createDirectory(target));
        assertThat(withoutLinkTimes(TestTree.describe(target))).isEqualTo(withoutLinkTimes(expected));
    }

    @Test
    void desyncPacksTheSameBytesAndWeUnpackThem() throws Exception {
        Path theirs = folder.resolve("theirs.catar");
        PeerTool.find("desync").succeed(folder, "tar", theirs, tree);
        assertThat(theirs).hasSameBinaryContentAs(ours());
        ConformanceArchiveTest.extract(theirs, target, EVERYTHING);
        assertThat(TestTree.describe(target)).isEqualTo(expected);
    }

    @Test
    void casyncUnpacksAndListsOurArchive() throws Exception {
        PeerTool casync = PeerTool.find("casync");
        Path archive = ours();
        casync.succeed(folder, "extract", archive, Files.createDirectory(target));
        assertThat(TestTree.describe(target)).isEqualTo(expected);
        assertThat(casync.succeed(folder, "list", archive).lines()).hasSize(expected.size());
        assertThat(casync.succeed(folder, "mtree", archive).lines()).hasSizeGreaterThanOrEqualTo(expected.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--with=best", "--with=unix"})
    void weUnpackCasyncsArchive(String features) throws Exception {
        Path theirs = folder.resolve("theirs.catar");
        PeerTool.find("casync").succeed(folder, features, "make", theirs, tree);
        ConformanceArchiveTest.extract(theirs, target, EVERYTHING);
        if (features.equals("--with=best")) {
            assertThat(TestTree.describe(target)).isEqualTo(expected);
        } else {
            assertThat(TestTree.describe(target).keySet()).isEqualTo(expected.keySet());
        }
    }

    @Test
    void desyncUnpacksFromOurIndexAndStoreAndWritesTheSameIndex() throws Exception {
        PeerTool desync = PeerTool.find("desync");
        Path store = Files.createDirectory(folder.resolve("store"));
        Path index = oursIndexed(store);
        desync.succeed(folder, "untar", "-i", "-s", store, index, Files.createDirectory(target));
        assertThat(withoutLinkTimes(TestTree.describe(target))).isEqualTo(withoutLinkTimes(expected));

        Path theirs = folder.resolve("theirs.caidx");
        Path theirStore = Files.createDirectory(folder.resolve("their-store"));
        desync.succeed(folder, "tar", "-i", "-s", theirStore, theirs, tree);
        assertThat(theirs).hasSameBinaryContentAs(index);
        ConformanceArchiveTest.delete(target);
        extractIndexed(theirs, theirStore);
        assertThat(TestTree.describe(target)).isEqualTo(expected);

        Path made = folder.resolve("made.caidx");
        desync.succeed(folder, "make", "-s", theirStore, made, ours());
        assertThat(made).hasSameBinaryContentAs(index);
        Path blob = folder.resolve("blob.catar");
        desync.succeed(folder, "extract", "-s", store, index, blob);
        assertThat(blob).hasSameBinaryContentAs(ours());
    }

    @Test
    void casyncUnpacksFromOurIndexAndStoreAndWeFromIts() throws Exception {
        PeerTool casync = PeerTool.find("casync");
        Path store = Files.createDirectory(folder.resolve("store"));
        Path index = oursIndexed(store);
        casync.succeed(folder, "--store=" + store, "extract", index, Files.createDirectory(target));
        assertThat(TestTree.describe(target)).isEqualTo(expected);

        ConformanceArchiveTest.delete(target);
        Path theirs = folder.resolve("theirs.caidx");
        Path theirStore = folder.resolve("theirs.castr");
        casync.succeed(folder, "--store=" + theirStore, "make", theirs, tree);
        extractIndexed(theirs, theirStore);
        assertThat(TestTree.describe(target)).isEqualTo(expected);
    }

    @Test
    void extendedAttributesPassBetweenTheTools() throws Exception {
        PeerTool desync = PeerTool.find("desync");
        PeerTool casync = PeerTool.find("casync");
        assumeTrue(Files.getFileStore(tree).supportsFileAttributeView("user"), "this file system has no user xattrs");
        byte[] value = {0, 1, 'x', 0};
        int written = Files.getFileAttributeView(tree.resolve("a.txt"), UserDefinedFileAttributeView.class)
                .write("binary", ByteBuffer.wrap(value));
        assertThat(written).isEqualTo(value.length);

        Path theirs = folder.resolve("theirs.catar");
        desync.succeed(folder, "tar", theirs, tree);
        ConformanceArchiveTest.extract(theirs, target, EVERYTHING);
        assertThat(xattr(target.resolve("a.txt"))).isEqualTo(value);

        Path casyncs = folder.resolve("casyncs.catar");
        casync.succeed(folder, "make", casyncs, tree);
        ConformanceArchiveTest.extract(casyncs, folder.resolve("second"), EVERYTHING);
        assertThat(xattr(folder.resolve("second/a.txt"))).isEqualTo(value);

        casync.succeed(folder, "extract", ours(), Files.createDirectory(folder.resolve("third")));
        assertThat(xattr(folder.resolve("third/a.txt"))).isEqualTo(value);
        assertThat(TestTree.describe(folder.resolve("third"))).isEqualTo(expected);
    }

    private static byte[] xattr(Path file) throws IOException {
        ByteBuffer value = ByteBuffer.allocate(100);
        int length = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class)
                .read("binary", value);
        return Arrays.copyOf(value.array(), length);
    }
}
