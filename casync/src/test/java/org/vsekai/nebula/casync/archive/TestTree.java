package org.vsekai.nebula.casync.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.vsekai.nebula.casync.chunk.ChunkDigest;

/** The tree of the conformance set, made anew as its {@code generate.py} does, and a description to compare trees by. */
public final class TestTree {
    private static final long T0 = 1_700_000_000;

    private TestTree() {}

    /** A node; {@code seconds} and {@code nanos} are its time after {@link #T0}. */
    private record Node(String path, int mode, byte[] data, long seconds, int nanos) {
        Node(String path, int mode, String data, long seconds, int nanos) {
            this(path, mode, data.getBytes(StandardCharsets.UTF_8), seconds, nanos);
        }

        static Node directory(String path, int mode, long seconds, int nanos) {
            return new Node(path, Catar.DIRECTORY | mode, "", seconds, nanos);
        }
    }

    private static List<Node> nodes() {
        byte[] text = text("tree", 100_000);
        return List.of(
                new Node("B-upper.txt", 0644, "upper case sorts before lower case\n", 1, 0),
                new Node("a.txt", 0644, "a\n", 2, 1),
                Node.directory("a", 0755, 3, 999_999_999),
                Node.directory("a/b", 0700, 4, 123_456_789),
                Node.directory("a/b/c", 0755, 5, 0),
                new Node("a/b/c/deep.txt", 0600, "deep\n", 6, 500_000_000),
                Node.directory("a/b/empty-dir", 0755, 7, 0),
                new Node("a-dash", 0640, "sorts after a, before a.txt\n", 8, 0),
                Node.directory("bin", 0755, 9, 0),
                new Node("bin/run.sh", 0755, "#!/bin/sh\nexit 0\n", 10, 0),
                new Node("bin/run-link", Catar.LINK, "run.sh", 11, 0),
                new Node("bin/dangling", Catar.LINK, "../no/such/file", 12, 0),
                Node.directory("data", 0755, 13, 0),
                new Node("data/big.txt", 0644, text, 14, 0),
                new Node("data/big-copy.txt", 0644, text, 15, 0),
                new Node("data/empty", 0644, "", 16, 0),
                new Node("data/random.bin", 0444, stream("tree-random", 40_000), 17, 0),
                new Node("data/" + "n".repeat(200), 0644, "long name\n", 18, 0),
                new Node("na\u00efve-caf\u00e9.txt", 0644, "d\u00e9j\u00e0 vu\n", 19, 0),
                Node.directory("\u65e5\u672c\u8a9e", 0755, 20, 0),
                new Node("\u65e5\u672c\u8a9e/\u30c6\u30b9\u30c8.txt", 0644, "\u30c6\u30b9\u30c8\n", 21, 0),
                new Node("\ud83c\udfae game.txt", 0644, "astral plane and a space\n", 22, 0));
    }

    /** Makes the tree in {@code folder}, which must not exist. */
    public static Path create(Path folder) throws IOException {
        Files.createDirectory(folder);
        for (Node node : nodes()) {
            Path path = folder.resolve(node.path);
            switch (node.mode & Catar.TYPE_MASK) {
                case Catar.DIRECTORY -> Files.createDirectory(path);
                case Catar.LINK ->
                    Files.createSymbolicLink(path, Path.of(new String(node.data, StandardCharsets.UTF_8)));
                default -> Files.write(path, node.data);
            }
        }
        for (Node node : nodes().reversed()) {
            Path path = folder.resolve(node.path);
            if ((node.mode & Catar.TYPE_MASK) != Catar.LINK) {
                Files.setAttribute(path, "unix:mode", node.mode & 07777);
            }
            setTime(path, (T0 + node.seconds) * 1_000_000_000 + node.nanos);
        }
        Files.setAttribute(folder, "unix:mode", 0755);
        setTime(folder, T0 * 1_000_000_000);
        return folder;
    }

    /** SHA-256 of {@code label:0}, {@code label:1} and so on. */
    static byte[] stream(String label, int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; out.size() < length; i++) {
            out.writeBytes(ChunkDigest.SHA256
                    .newMessageDigest()
                    .digest((label + ":" + i).getBytes(StandardCharsets.US_ASCII)));
        }
        return Arrays.copyOf(out.toByteArray(), length);
    }

    /** Lines of made-up words, compressible like prose. */
    static byte[] text(String label, int length) {
        List<String> words = words();
        byte[] random = stream(label, length);
        StringBuilder out = new StringBuilder();
        String line = "";
        for (int i = 0; out.length() < length; i += 2) {
            int k = (random[i % length] & 0xff) | (random[(i + 1) % length] & 0xff) << 8;
            String word = words.get((k & 0x8000) != 0 ? k % 2048 : (k % 2048) % 96);
            if (line.length() + 1 + word.length() > 79) {
                out.append(line).append('\n');
                line = word;
            } else {
                line = line.isEmpty() ? word : line + " " + word;
            }
        }
        return out.substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }

    private static List<String> words() {
        byte[] random = stream("words", 6 * 2048);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < random.length; i += 6) {
            StringBuilder word = new StringBuilder();
            for (int k = 0; k < 6; k += 2) {
                word.append("bcdfghjklmnprstvz".charAt((random[i + k] & 0xff) % 17))
                        .append("aeiou".charAt((random[i + k + 1] & 0xff) % 5));
            }
            words.add(word.substring(0, 3 + (random[i + 5] & 0xff) % 4));
        }
        return words;
    }

    static void setTime(Path path, long nanos) throws IOException {
        Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(nanos, TimeUnit.NANOSECONDS), null, null);
    }

    /** Everything in a folder: per path its mode, time, link target or digest. Two equal results are equal trees. */
    public static TreeMap<String, String> describe(Path folder) throws IOException {
        TreeMap<String, String> found = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                BasicFileAttributes attributes =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                String content = "";
                if (attributes.isSymbolicLink()) {
                    content = Files.readSymbolicLink(path).toString();
                } else if (attributes.isRegularFile()) {
                    content = HexFormat.of()
                            .formatHex(ChunkDigest.SHA256.newMessageDigest().digest(Files.readAllBytes(path)));
                }
                found.put(
                        folder.relativize(path).toString(),
                        "%o %d %s"
                                .formatted(
                                        (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS),
                                        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                                        content));
            }
        }
        return found;
    }
}
