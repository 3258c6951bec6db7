package org.vsekai.nebula.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Folders as a whole. Written apart from the launcher, so that its errors and the launcher's do not agree. */
final class Trees {
    /** Where the launcher keeps its own state in a player's folder. */
    private static final Path STATE = Path.of(".vsekai");

    private Trees() {}

    /**
     * What differs between a published folder and a player's copy: names, kinds, bytes, link targets, the executable bit. At most
     * 20 differences are told.
     */
    static List<String> differences(Path published, Path installed) throws IOException {
        TreeSet<Path> names = names(published);
        names.addAll(names(installed));
        List<String> differences = new ArrayList<>();
        for (Path name : names) {
            String difference = difference(published.resolve(name), installed.resolve(name));
            if (!difference.isEmpty()) {
                differences.add(name + ": " + difference);
            }
            if (differences.size() == 20) {
                break;
            }
        }
        return differences;
    }

    private static TreeSet<Path> names(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.map(root::relativize)
                    .filter(name -> !name.startsWith(STATE) && !name.toString().isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String difference(Path published, Path installed) throws IOException {
        String kind = kind(published);
        if (!kind.equals(kind(installed))) {
            return "is " + kind(installed) + ", was published as " + kind;
        }
        return switch (kind) {
            case "a link" ->
                Files.readSymbolicLink(published).equals(Files.readSymbolicLink(installed)) ? "" : "has another target";
            case "a file" ->
                Files.mismatch(published, installed) != -1
                        ? "has other bytes"
                        : Files.isExecutable(published) == Files.isExecutable(installed)
                                ? ""
                                : "has another executable bit";
            default -> "";
        };
    }

    private static String kind(Path path) {
        if (Files.isSymbolicLink(path)) {
            return "a link";
        }
        return Files.isDirectory(path) ? "a folder" : Files.isRegularFile(path) ? "a file" : "missing or special";
    }

    /** The sum of the sizes of all regular files. */
    static long bytes(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            long bytes = 0;
            for (Path file : tree.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    /** Deletes a folder with all in it; symbolic links are not followed, a missing folder is fine. */
    static void delete(Path root) {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new StackException("The folder " + root + " cannot be deleted: " + e.getMessage(), e);
        }
    }
}
