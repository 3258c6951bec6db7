package org.vsekai.nebula.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** The checkout under test. */
public final class SourceTree {

    private SourceTree() {}

    /** The folder that holds the parent POM. */
    public static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return here.endsWith("system-tests") ? here.getParent() : here;
    }

    /** Every Java source of the project, tests included, build output left out. */
    static List<Path> javaSources() {
        List<Path> sources = new ArrayList<>();
        try {
            Files.walkFileTree(root(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    String name = folder.getFileName().toString();
                    boolean skipped = name.equals("target") || name.equals("node_modules") || name.startsWith(".");
                    return skipped && !folder.equals(root()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".java")) {
                        sources.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }
}
