package org.vsekai.nebula.casync.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.Conformance;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.UnsafePathException;

class ArchiveExtractorTest {
    private static final ExtractOptions OVER = ExtractOptions.keepingEverything(false);

    @TempDir
    Path folder;

    Path tree;
    Path target;

    @BeforeEach
    void makeTree() throws IOException {
        tree = TestTree.create(folder.resolve("tree"));
        target = folder.resolve("target");
    }

    private static byte[] archive(Path root) throws IOException {
        return ArchiveLayoutTest.bytes(ArchiveLayout.ofFolder(root, ArchiveOptions.keepingEverything()));
    }

    private ExtractReport extract(byte[] archive, ExtractOptions options, ExtractListener listener) throws IOException {
        return new ArchiveExtractor(target, options, listener)
                .extract(new ArchiveDecoder(new ByteArrayInputStream(archive), "memory", archive.length));
    }

    @Test
    void archiveOfTheExtractedTreeIsTheArchive() throws IOException {
        byte[] before = archive(tree);
        extract(before, OVER, ExtractListener.NONE);
        assertThat(archive(target)).isEqualTo(before);
        extract(before, OVER, ExtractListener.NONE);
        assertThat(archive(target)).isEqualTo(before);
    }

    @Test
    void extendedAttributesSurvive() throws IOException {
        Path file = tree.resolve("a.txt");
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        assumeTrue(view != null && Files.getFileStore(file).supportsFileAttributeView("user"), "no user xattrs here");
        int ignored = view.write("binary", ByteBuffer.wrap(new byte[] {0, 1, 0}));
        ignored = view.write("comment", StandardCharsets.UTF_8.encode("text"));
        UserDefinedFileAttributeView ofFolder =
                Files.getFileAttributeView(tree.resolve("bin"), UserDefinedFileAttributeView.class);
        ignored = ofFolder.write("empty", ByteBuffer.allocate(0));
        byte[] before = archive(tree);
        extract(before, OVER, ExtractListener.NONE);
        assertThat(archive(target)).isEqualTo(before);
        assertThat(ConformanceArchiveTest.entries(Files.write(folder.resolve("catar"), before)))
                .filteredOn(entry -> entry.path().equals("a.txt"))
                .first()
                .extracting(ArchiveEntry::xattrs)
                .isEqualTo(List.of(
                        new ExtendedAttribute("user.binary", new byte[] {0, 1, 0}),
                        new ExtendedAttribute("user.comment", "text".getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void fifosDevicesAndOwnersAreRestoredForRoot() throws IOException {
        assumeTrue(ConformanceArchiveTest.isRoot(), "making devices needs root");
        byte[] casyncs = Files.readAllBytes(Conformance.file("casync/owners.catar"));
        extract(casyncs, ExtractOptions.keepingEverything(true), ExtractListener.NONE);
        assertThat(Files.getAttribute(target.resolve("null"), "unix:rdev")).isEqualTo(0x103L);
        assertThat((int) Files.getAttribute(target.resolve("fifo"), "unix:mode"))
                .isEqualTo(Catar.FIFO | 0644);
        assertThat((int) Files.getAttribute(target.resolve("g"), "unix:mode")).isEqualTo(Catar.REGULAR | 04755);
        assertThat(Files.getAttribute(target.resolve("f"), "unix:uid")).isEqualTo(1);
        // desync has put a name without a node where the FIFO was, which is passed over.
        ConformanceArchiveTest.delete(target);
        byte[] desyncs = Files.readAllBytes(Conformance.file("desync/owners.catar"));
        extract(desyncs, ExtractOptions.keepingEverything(true), ExtractListener.NONE);
        assertThat(target.resolve("fifo")).doesNotExist();
        assertThat(target.resolve("g")).hasSize(6);
    }

    @Test
    void devicesAreRefusedForPlayers() throws IOException {
        byte[] casyncs = Files.readAllBytes(Conformance.file("casync/owners.catar"));
        assertThatThrownBy(() -> extract(casyncs, ExtractOptions.forPlayers(), ExtractListener.NONE))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("fifo");
    }

    /** Puts {@code content} in the place of data/big.txt. */
    private static ExtractListener supplying(byte[] content, ExtractListener.Supply as, List<Integer> told) {
        return new ExtractListener() {
            @Override
            public Supply supply(ArchiveEntry entry, Path file) throws IOException {
                if (!entry.path().equals("data/big.txt")) {
                    return Supply.NONE;
                }
                Files.write(file, content);
                told.clear();
                return as;
            }

            @Override
            public void content(byte[] bytes, int length) {
                told.add(length);
            }
        };
    }

    @Test
    void partialFileIsGoneOnWithAndMendedWhereItDiffers() throws IOException {
        byte[] before = archive(tree);
        byte[] content = Files.readAllBytes(tree.resolve("data/big.txt"));
        long others = extract(before, OVER, ExtractListener.NONE).written() - content.length;
        ConformanceArchiveTest.delete(target);
        byte[] wrong = content.clone();
        wrong[70_000] ^= 1;
        for (byte[] offered : List.of(
                content, wrong, Arrays.copyOf(content, 300), Arrays.copyOf(content, content.length + 1), new byte[0])) {
            List<Integer> told = new ArrayList<>();
            ExtractReport report = extract(before, OVER, supplying(offered, ExtractListener.Supply.PARTIAL, told));
            assertThat(archive(target)).as("%d bytes offered", offered.length).isEqualTo(before);
            assertThat(report.suppliedFiles()).isZero();
            assertThat(report.written() - others)
                    .isBetween(
                            offered == content || offered.length > content.length ? 0L : 1L,
                            offered == content || offered.length > content.length ? 0L : content.length);
            ConformanceArchiveTest.delete(target);
        }
    }

    @Test
    void wholeFileIsTakenAsItIsAndItsContentIsNotRead() throws IOException {
        byte[] before = archive(tree);
        byte[] other = Files.readAllBytes(tree.resolve("data/big.txt"));
        other[0] ^= 1;
        // The archive's own bytes there are spoilt; nobody may look at them.
        byte[] spoilt = before.clone();
        int at = offsetOf("data/big.txt");
        Arrays.fill(spoilt, at, at + other.length - 1, (byte) 7);
        ExtractReport report = extract(spoilt, OVER, supplying(other, ExtractListener.Supply.OWN, new ArrayList<>()));
        assertThat(report.suppliedFiles()).isEqualTo(1);
        assertThat(target.resolve("data/big.txt")).hasBinaryContent(other);
        ConformanceArchiveTest.delete(target);
        assertThatThrownBy(() ->
                        extract(before, OVER, supplying(new byte[3], ExtractListener.Supply.OWN, new ArrayList<>())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another size");
    }

    private int offsetOf(String path) throws IOException {
        return (int) ArchiveLayout.ofFolder(tree, ArchiveOptions.keepingEverything()).entries().stream()
                .filter(entry -> entry.path().equals(path))
                .findFirst()
                .orElseThrow()
                .payloadOffset();
    }

    @Test
    void fileBeingWrittenStaysAfterAFailureOnlyIfAskedFor() throws IOException {
        byte[] before = archive(tree);
        byte[] content = Files.readAllBytes(tree.resolve("data/big.txt"));
        byte[] cut = Arrays.copyOf(before, offsetOf("data/big.txt") + 5000);
        for (boolean resumable : List.of(false, true)) {
            ArchiveDecoder decoder = new ArchiveDecoder(new ByteArrayInputStream(cut), "memory", before.length);
            assertThatThrownBy(() -> new ArchiveExtractor(target, OVER.withResumable(resumable), ExtractListener.NONE)
                            .extract(decoder))
                    .isInstanceOf(MalformedArchiveException.class);
            if (resumable) {
                assertThat(target.resolve("data/big.txt")).hasBinaryContent(Arrays.copyOf(content, 5000));
            } else {
                assertThat(target.resolve("data/big.txt")).doesNotExist();
            }
        }
    }

    @Test
    void hardLinkWithAnotherModeBecomesACopy() throws IOException {
        byte[] before = archive(tree);
        Path shelved = TestTree.create(folder.resolve("shelf")).resolve("bin/run.sh");
        Files.setAttribute(shelved, "unix:mode", 0600);
        extract(before, OVER, new ExtractListener() {
            @Override
            public Supply supply(ArchiveEntry entry, Path file) throws IOException {
                if (!entry.path().equals("bin/run.sh")) {
                    return Supply.NONE;
                }
                Files.createLink(file, shelved);
                return Supply.LINKED;
            }
        });
        assertThat(archive(target)).isEqualTo(before);
        assertThat((int) Files.getAttribute(shelved, "unix:mode") & 0777).isEqualTo(0600);
    }

    @Test
    void symlinkThatIsInTheWayOfAFolderIsNotFollowed() throws IOException {
        byte[] before = archive(tree);
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.createDirectory(target);
        Files.createSymbolicLink(target.resolve("a"), outside);
        assertThatThrownBy(() -> extract(before, OVER, ExtractListener.NONE))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("memory")
                .hasMessageContaining("\"a\"");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void symlinkThatIsInTheWayOfAFileIsReplaced() throws IOException {
        byte[] before = archive(tree);
        Path outside = Files.writeString(folder.resolve("outside"), "untouched");
        Files.createDirectory(target);
        Files.createSymbolicLink(target.resolve("a.txt"), outside);
        extract(before, OVER, ExtractListener.NONE);
        assertThat(archive(target)).isEqualTo(before);
        assertThat(outside).hasContent("untouched");
    }

    @Test
    void freshExtractionRefusesWhatIsThere() throws IOException {
        byte[] before = archive(tree);
        Files.createDirectory(target);
        Files.writeString(target.resolve("a.txt"), "the player's");
        assertThatThrownBy(() -> extract(before, ExtractOptions.forPlayers(), ExtractListener.NONE))
                .isInstanceOf(UnsafePathException.class);
        assertThat(target.resolve("a.txt")).hasContent("the player's");
    }

    @Test
    void digestsAreThoseOfTheFiles() throws IOException {
        TreeMap<String, String> found = new TreeMap<>();
        FileDigest.forEach(
                new ArchiveDecoder(new ByteArrayInputStream(archive(tree)), "memory"), EntryPolicy.PORTABLE, file -> {
                    if (file.entry().kind() == EntryKind.FILE) {
                        found.put(file.entry().path(), file.sha256());
                    }
                });
        TreeMap<String, String> expected = new TreeMap<>();
        Conformance.manifest().get("tree").forEach(node -> {
            if (node.get("type").asText().equals("file")) {
                expected.put(node.get("path").asText(), node.get("sha256").asText());
            }
        });
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void anXattrWithoutANameInItsNamespaceIsRefused() throws IOException {
        byte[] archive = Files.readAllBytes(Conformance.file("casync/owners.catar"));
        byte[] name = "user.".getBytes(StandardCharsets.US_ASCII);
        int at = 0;
        while (!Arrays.equals(archive, at, at + name.length, name, 0, name.length)) {
            at++;
        }
        archive[at + name.length] = 0;
        target = folder.resolve("target");
        assertThatThrownBy(() -> extract(archive, OVER, ExtractListener.NONE))
                .isInstanceOf(MalformedArchiveException.class)
                .hasMessageContaining("\"user.\"");
    }

    @Test
    void randomDamageIsAlwaysRefusedByTypeAndNeverLeavesTheTarget() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] sound = Files.readAllBytes(Conformance.file("casync/owners.catar"));
        Path jail = Files.createDirectory(folder.resolve("jail"));
        target = jail.resolve("target");
        for (int run = 0; run < 1500; run++) {
            byte[] damaged = sound.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                // Only what is decoded counts here; FIFOs and devices are not made over and over.
                extract(damaged, OVER.withPolicy(EntryPolicy.PORTABLE), ExtractListener.NONE);
            } catch (CasyncException e) {
                assertThat(e).as("seed %d run %d", seed, run).hasMessageContaining("memory");
            } catch (IOException | RuntimeException e) {
                throw new AssertionError("seed %d run %d".formatted(seed, run), e);
            }
            try (var left = Files.list(jail)) {
                assertThat(left).as("seed %d run %d", seed, run).allMatch(path -> path.equals(target));
            }
            if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.setAttribute(target, "unix:mode", 0700);
            }
            ConformanceArchiveTest.delete(target);
        }
    }
}
