package org.vsekai.nebula.casync.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.InputChangedException;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.UnsafePathException;

class ArchiveLayoutTest {
    @TempDir
    Path folder;

    Path tree;

    @BeforeEach
    void makeTree() throws IOException {
        tree = TestTree.create(folder.resolve("tree"));
    }

    static byte[] bytes(ArchiveLayout layout) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        layout.writeTo(out);
        return out.toByteArray();
    }

    private ArchiveLayout published() throws IOException {
        return ArchiveLayout.ofFolder(tree, ArchiveOptions.publishing());
    }

    @Test
    void anyRangeIsThatOfTheWholeArchive() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ArchiveLayout layout = published();
        byte[] whole = bytes(layout);
        for (int i = 0; i < 2000; i++) {
            int start = random.nextInt(whole.length + 1);
            int length = random.nextInt(Math.min(whole.length - start, 1 << random.nextInt(18)) + 1);
            byte[] range = new byte[length + 2];
            layout.read(start, range, 1, length);
            assertThat(Arrays.copyOfRange(range, 1, length + 1))
                    .as("seed %d: %d bytes from %d", seed, length, start)
                    .isEqualTo(Arrays.copyOfRange(whole, start, start + length));
        }
        assertThatThrownBy(() -> layout.read(whole.length, new byte[1], 0, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void equalContentGivesEqualBytesWhenPublishing() throws IOException {
        byte[] before = bytes(published());
        TestTree.setTime(tree.resolve("a"), 7);
        TestTree.setTime(tree.resolve("a.txt"), 8);
        Files.setAttribute(tree.resolve("a-dash"), "unix:mode", 0600);
        Files.createDirectory(tree.resolve(".vsekai"));
        ArchiveLayout again =
                ArchiveLayout.ofFolder(tree, ArchiveOptions.publishing().excluding(".vsekai"));
        assertThat(bytes(again)).isEqualTo(before);
        Files.setAttribute(tree.resolve("a-dash"), "unix:mode", 0744);
        assertThat(bytes(
                        ArchiveLayout.ofFolder(tree, ArchiveOptions.publishing().excluding(".vsekai"))))
                .isNotEqualTo(before);
        assertThat(again.entries()).allSatisfy(entry -> {
            assertThat(entry.uid() + entry.gid() + entry.mtimeNanos()).isZero();
            assertThat(entry.permissions()).isIn(0644, 0755, 0777);
        });
    }

    @Test
    void excludedNamesAreKeptBelowTheTop() throws IOException {
        Files.createDirectory(tree.resolve("bin/.vsekai"));
        assertThat(ArchiveLayout.ofFolder(tree, ArchiveOptions.publishing().excluding(".vsekai"))
                        .entries())
                .anyMatch(entry -> entry.path().equals("bin/.vsekai"));
    }

    @Test
    void skeletonRebuildsTheArchiveWhateverBecameOfTimesAndModes() throws IOException {
        ArchiveLayout layout = ArchiveLayout.ofFolder(tree, ArchiveOptions.keepingEverything());
        byte[] whole = bytes(layout);
        Path file = folder.resolve("skeleton");
        layout.skeleton().write(file);
        TestTree.setTime(tree.resolve("a.txt"), 1);
        Files.setAttribute(tree.resolve("bin/run.sh"), "unix:mode", 0600);
        Files.writeString(tree.resolve("a/new"), "not in the old archive");
        assertThat(bytes(ArchiveLayout.ofSkeleton(ArchiveSkeleton.read(file), tree)))
                .isEqualTo(whole);
        assertThat(Files.size(file)).isLessThan(8_000);
    }

    @Test
    void skeletonRecordedWhileDecodingIsThatOfTheArchive() throws IOException {
        byte[] whole = bytes(published());
        ArchiveDecoder decoder = new ArchiveDecoder(new ByteArrayInputStream(whole), "memory").recordingSkeleton();
        FileDigest.forEach(decoder, EntryPolicy.PORTABLE, digest -> {});
        assertThat(bytes(ArchiveLayout.ofSkeleton(decoder.skeleton(), tree))).isEqualTo(whole);
    }

    @Test
    void outlineForetellsThePublishedArchive() throws IOException {
        ArchiveLayout layout = published();
        ArchiveOutline outline = new ArchiveOutline();
        for (ArchiveEntry entry : layout.entries().subList(1, layout.entries().size())) {
            switch (entry.kind()) {
                case DIRECTORY -> outline.directory(entry.path(), entry.permissions());
                case FILE -> outline.file(entry.path(), entry.permissions(), entry.size());
                default -> outline.symlink(entry.path(), entry.linkTarget());
            }
        }
        assertThat(bytes(ArchiveLayout.ofSkeleton(outline.finish(), tree))).isEqualTo(bytes(layout));
        assertThatThrownBy(() -> new ArchiveOutline().file("not/there", 0644, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void partsAreTakenFromTheFirstPlaceThatReachesSoFar() throws IOException {
        byte[] whole = bytes(published());
        byte[] content = Files.readAllBytes(tree.resolve("data/big.txt"));
        Path first = folder.resolve("first");
        Files.createDirectories(first.resolve("data"));
        Files.write(first.resolve("data/big.txt"), Arrays.copyOf(content, 40_000));
        ArchiveLayout both = ArchiveLayout.ofSkeleton(published().skeleton(), List.of(first, tree));
        assertThat(bytes(both)).isEqualTo(whole);
        ArchiveLayout firstOnly = ArchiveLayout.ofSkeleton(published().skeleton(), List.of(first));
        ArchiveEntry big = firstOnly.entries().stream()
                .filter(entry -> entry.path().equals("data/big.txt"))
                .findFirst()
                .orElseThrow();
        byte[] part = new byte[40_000];
        firstOnly.read(big.payloadOffset(), part, 0, part.length);
        assertThat(part).isEqualTo(Arrays.copyOf(content, 40_000));
        assertThatThrownBy(() -> firstOnly.read(big.payloadOffset() + 1, part, 0, part.length))
                .isInstanceOf(InputChangedException.class)
                .hasMessageContaining("data/big.txt");
    }

    @Test
    void doubtfulFolderIsLaidOutWithoutWhatCannotBeReadAndWithZerosForWhatIsGone() throws IOException {
        ArchiveLayout sound = ArchiveLayout.ofFolder(tree, ArchiveOptions.publishing());
        byte[] whole = bytes(sound);
        ArchiveLayout doubtful = ArchiveLayout.ofDoubtfulFolder(tree, ArchiveOptions.publishing());
        assertThat(bytes(doubtful)).isEqualTo(whole);
        ArchiveEntry big = doubtful.entries().stream()
                .filter(entry -> entry.path().equals("data/big.txt"))
                .findFirst()
                .orElseThrow();
        Files.delete(tree.resolve("data/big.txt"));
        Files.createDirectory(tree.resolve("data/big.txt"));
        byte[] expected = whole.clone();
        int at = (int) big.payloadOffset();
        Arrays.fill(expected, at, at + (int) big.size(), (byte) 0);
        assertThat(bytes(doubtful)).isEqualTo(expected);
    }

    @Test
    void damagedSkeletonIsRefused() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        published().skeleton().write(out);
        byte[] sound = out.toByteArray();
        for (int i = 0; i < sound.length; i += i < 40 ? 1 : 37) {
            byte[] damaged = sound.clone();
            damaged[i] ^= 0x40;
            assertRefused(damaged);
            assertRefused(Arrays.copyOf(sound, i));
        }
        assertRefused(Arrays.copyOf(sound, sound.length + 1));
    }

    private static void assertRefused(byte[] skeleton) {
        assertThatThrownBy(() -> ArchiveSkeleton.read(new ByteArrayInputStream(skeleton), "memory"))
                .isInstanceOf(MalformedArchiveException.class);
    }

    @Test
    void fileThatShrinksGrowsChangesOrVanishesIsNamed() throws IOException {
        Path big = tree.resolve("data/big.txt");
        byte[] content = Files.readAllBytes(big);
        ArchiveLayout layout = published();
        for (byte[] now : new byte[][] {Arrays.copyOf(content, 99_999), Arrays.copyOf(content, 100_001), content}) {
            Files.write(big, now);
            assertThatThrownBy(() -> bytes(layout))
                    .isInstanceOfSatisfying(InputChangedException.class, e -> assertThat(e.path())
                            .endsWith("data/big.txt"));
        }
        Files.delete(big);
        assertThatThrownBy(() -> bytes(layout)).isInstanceOf(InputChangedException.class);
        Files.createSymbolicLink(big, Path.of("big-copy.txt"));
        assertThatThrownBy(() -> bytes(layout)).isInstanceOf(InputChangedException.class);
    }

    @Test
    void filesOfARangeAreThoseWhoseContentItTouches() throws IOException {
        ArchiveLayout layout = published();
        ArchiveEntry big = layout.entries().stream()
                .filter(entry -> entry.name().equals("big.txt"))
                .findFirst()
                .orElseThrow();
        long end = big.payloadOffset() + big.size();
        assertThat(layout.filesIn(big.payloadOffset(), end)).containsExactly(big);
        assertThat(layout.filesIn(end - 1, end)).containsExactly(big);
        assertThat(layout.filesIn(end, end + 1)).isEmpty();
        assertThat(layout.filesIn(0, layout.size())).hasSize(12);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"CON", "nul", "aux.txt", "Com1.tar.gz", "LPT9", "dot.", "blank ", "a:b", "back\\slash", "what?"})
    void nameThatWindowsCannotHoldIsNotPublished(String name) throws IOException {
        Files.writeString(tree.resolve("bin").resolve(name), "x");
        assertThatThrownBy(this::published)
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("bin/" + name);
        assertThatCode(() -> ArchiveLayout.ofFolder(tree, ArchiveOptions.keepingEverything()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"console", "auxiliary.txt", "com10", "nul-and-void", ".hidden", "a..b", "COM0x"})
    void nameThatOnlyLooksReservedIsPublished(String name) throws IOException {
        Files.writeString(tree.resolve(name), "x");
        assertThat(published().entries()).anyMatch(entry -> entry.name().equals(name));
    }

    @ParameterizedTest
    @CsvSource({
        "bin/l, /etc/passwd, false",
        "bin/l, ../../x, false",
        "l, .., false",
        "bin/l, .., true",
        "bin/l, ../a/b, true",
        "a/b/l, ../../.., false",
        "a/b/l, ../.., true",
        "bin/l, run.sh/../../.., false",
        "bin/l, C:\\x, false",
        "l, ./a, true"
    })
    void symlinkMustStayInsideWhatIsPublished(String link, String target, boolean allowed) throws IOException {
        Files.createSymbolicLink(tree.resolve(link), Path.of(target));
        if (allowed) {
            assertThatCode(this::published).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(this::published)
                    .isInstanceOf(UnsafePathException.class)
                    .hasMessageContaining(link);
        }
    }

    @Test
    void nameThatIsNotUtf8IsRefused() throws Exception {
        int exit = new ProcessBuilder("sh", "-c", "touch \"$(printf 'bad\\377name')\"")
                .directory(tree.toFile())
                .start()
                .waitFor();
        assertThat(exit).isZero();
        assertThatThrownBy(() -> ArchiveLayout.ofFolder(tree, ArchiveOptions.keepingEverything()))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("not valid UTF-8");
    }

    @Test
    void replacementCharacterItselfIsAName() throws IOException {
        Files.writeString(tree.resolve("\ufffd"), "x");
        assertThat(published().entries()).anyMatch(entry -> entry.name().equals("\ufffd"));
    }
}
