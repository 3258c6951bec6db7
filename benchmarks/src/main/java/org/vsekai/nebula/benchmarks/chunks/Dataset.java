package org.vsekai.nebula.benchmarks.chunks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.vsekai.nebula.benchmarks.Program;

/**
 * Two successive releases of real software, each unpacked and laid out as one archive.
 *
 * @param name what tables call it
 * @param older the archive of the older release
 * @param newer the archive of the newer release
 */
record Dataset(String name, Path older, Path newer) {
    /** A release pair as a package client knows it. */
    private record Source(String name, Kind kind, String unit, String older, String newer) {}

    private enum Kind {
        /** A wheel from PyPI, fetched by pip. */
        WHEEL,
        /** A package from npm. */
        NPM
    }

    /** What a game ships: large native libraries, an engine, a compiled program. The first is larger than 300 MB. */
    private static final List<Source> SOURCES = List.of(
            new Source("pyside6-addons", Kind.WHEEL, "pyside6-addons", "6.8.0", "6.8.1"),
            new Source("panda3d", Kind.WHEEL, "panda3d", "1.10.14", "1.10.15"),
            new Source("swc", Kind.NPM, "@swc/core-linux-x64-gnu", "1.9.2", "1.9.3"));

    /** The pairs by name, fetched if the folder lacks them. */
    static List<Dataset> fetch(List<String> names, Path cache) throws IOException {
        for (String name : names) {
            if (SOURCES.stream().noneMatch(source -> source.name.equals(name))) {
                throw new IOException("no data set %s; there are %s, or give files by --data and --old"
                        .formatted(name, SOURCES.stream().map(Source::name).toList()));
            }
        }
        Stream<Source> wanted = SOURCES.stream().filter(source -> names.contains(source.name));
        List<Dataset> found = new ArrayList<>();
        for (Source source : wanted.toList()) {
            found.add(new Dataset(
                    source.name, archive(source, source.older, cache), archive(source, source.newer, cache)));
        }
        return found;
    }

    private static Path archive(Source source, String version, Path cache) throws IOException {
        Path archive = cache.resolve(source.name + "-" + version + ".tar");
        if (Files.exists(archive)) {
            return archive;
        }
        System.err.printf("Fetching %s %s ...%n", source.unit, version);
        Path folder = Files.createTempDirectory(Files.createDirectories(cache), "fetch-");
        Path tree = Files.createDirectory(folder.resolve("tree"));
        switch (source.kind) {
            case WHEEL -> {
                Program.of(
                                "pip",
                                "download",
                                "-q",
                                "--no-deps",
                                "--only-binary",
                                ":all:",
                                "-d",
                                ".",
                                "--disable-pip-version-check",
                                source.unit + "==" + version)
                        .in(folder)
                        .measure();
                Program.of("python3", "-m", "zipfile", "-e", onlyFile(folder).toString(), tree.toString())
                        .measure();
            }
            case NPM -> {
                Program.of("npm", "pack", "--silent", source.unit + "@" + version)
                        .in(folder)
                        .measure();
                Program.of("tar", "-xzf", onlyFile(folder).toString(), "-C", tree.toString())
                        .measure();
            }
        }
        Path made = folder.resolve("archive.tar");
        Program.of(
                        "tar",
                        "--sort=name",
                        "--mtime=@0",
                        "--owner=0",
                        "--group=0",
                        "-cf",
                        made.toString(),
                        "-C",
                        tree.toString(),
                        ".")
                .measure();
        Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
        Program.of("rm", "-rf", folder.toString()).measure();
        return archive;
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow(() -> new IOException("the package client left no file in " + folder));
        }
    }
}
