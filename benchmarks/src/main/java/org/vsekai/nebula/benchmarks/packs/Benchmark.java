package org.vsekai.nebula.benchmarks.packs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.vsekai.nebula.benchmarks.Measurement;
import org.vsekai.nebula.benchmarks.Program;
import org.vsekai.nebula.benchmarks.Report;
import org.vsekai.nebula.benchmarks.Table;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * For each pair of folders: both are laid out as archives and cut by desync into one store. Then a first install and an
 * update are done by desync and by our client, each as a fresh process over HTTP against a server that counts, and each
 * result is compared with the archive. zstd compresses the whole archive, and the new one from the old.
 */
@Command(
        name = "bench packs",
        mixinStandardHelpOptions = true,
        description = "Bytes and requests of packs, beside desync's and zstd's, on pairs of successive versions.")
final class Benchmark implements Callable<Integer> {
    private static final List<String> JAVA_OPTIONS =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx96m", "--enable-native-access=ALL-UNNAMED");

    @Option(names = "--old", paramLabel = "DIR", description = "Folder of the old version; repeat for more pairs.")
    private List<Path> old = new ArrayList<>();

    @Option(names = "--new", paramLabel = "DIR", description = "Folder of the new version; as often as --old.")
    private List<Path> current = new ArrayList<>();

    @Option(
            names = "--pip",
            paramLabel = "NAME==OLD..NEW",
            description = "A pair of wheels from PyPI, unpacked, as scipy==1.14.0..1.14.1; repeat for more.")
    private List<String> wheels = new ArrayList<>();

    @Option(names = "--desync", defaultValue = "desync", description = "The desync program.")
    private String desync = "desync";

    @Option(names = "--work", paramLabel = "DIR", description = "Folder for everything; default: a temporary one.")
    private Path work = Path.of("");

    @Option(names = "--json", defaultValue = "packs.json", description = "Where the figures go as JSON.")
    private Path json = Path.of("packs.json");

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (old.size() != current.size()) {
            throw new IllegalArgumentException("--old and --new come in pairs");
        }
        Path folder = work.toString().isEmpty() ? Files.createTempDirectory("bench-packs-") : work.toAbsolutePath();
        Files.createDirectories(folder);
        if (old.isEmpty() && wheels.isEmpty()) {
            wheels.addAll(List.of("scipy==1.14.0..1.14.1", "PySide6_Essentials==6.8.0..6.8.1"));
        }
        Report report = new Report("packs", Clock.systemUTC());
        Table table = new Table(
                "pair",
                "what",
                "desync bytes",
                "packs bytes",
                "ratio",
                "zstd -19",
                "ratio",
                "desync requests",
                "packs requests",
                "client peak MB",
                "maker CPU s",
                "maker peak MB");
        for (int i = 0; i < old.size(); i++) {
            run(
                    current.get(i).getFileName().toString(),
                    old.get(i),
                    current.get(i),
                    folder.resolve("dir" + i),
                    table,
                    report);
        }
        for (String wheel : wheels) {
            String[] parts = wheel.split("==|\\.\\.");
            if (parts.length != 3) {
                throw new IllegalArgumentException("want NAME==OLD..NEW, not " + wheel);
            }
            Path pair = folder.resolve(parts[0]);
            run(parts[0], unpack(parts[0], parts[1], pair), unpack(parts[0], parts[2], pair), pair, table, report);
        }
        System.out.println(table);
        report.write(json);
        return 0;
    }

    private static Path unpack(String name, String version, Path pair) throws IOException {
        Path folder = pair.resolve("unpacked-" + version);
        if (!Files.isDirectory(folder)) {
            Path download = pair.resolve("download-" + version);
            measure(
                    "pip",
                    "download",
                    "-q",
                    "--no-deps",
                    "--only-binary=:all:",
                    "-d",
                    download.toString(),
                    name + "==" + version);
            try (var files = Files.list(download)) {
                Path wheel = files.findFirst().orElseThrow();
                measure("python3", "-m", "zipfile", "-e", wheel.toString(), folder.toString());
            }
        }
        return folder;
    }

    private static Measurement measure(String... command) throws IOException {
        return Program.of(command).measure();
    }

    private void run(String name, Path oldFolder, Path newFolder, Path folder, Table table, Report report)
            throws IOException {
        Files.createDirectories(folder.resolve("chunks"));
        Path oldBlob = archive(oldFolder, folder.resolve("old.catar"));
        Path newBlob = archive(newFolder, folder.resolve("new.catar"));
        String oldIndex = folder.resolve("old.caibx").toString();
        String newIndex = folder.resolve("new.caibx").toString();
        String store = folder.resolve("chunks").toString();
        measure(desync, "make", "-s", store, oldIndex, oldBlob.toString());
        measure(desync, "make", "-s", store, newIndex, newBlob.toString());
        String whole = folder.resolve("whole.zst").toString();
        String patch = folder.resolve("patch.zst").toString();
        measure("zstd", "-19", "--long=31", "-q", "-f", newBlob.toString(), "-o", whole);
        measure("zstd", "-19", "--long=31", "-q", "-f", "--patch-from=" + oldBlob, newBlob.toString(), "-o", patch);
        Path out = folder.resolve("out");
        Path packs = folder.resolve("packs");
        try (CountingServer server = new CountingServer(folder)) {
            String chunks = server.uri().resolve("chunks/").toString();
            for (boolean isUpdate : new boolean[] {false, true}) {
                Files.deleteIfExists(out);
                if (isUpdate) {
                    measure(
                            desync,
                            "extract",
                            "-s",
                            chunks,
                            "--seed",
                            oldIndex + ":" + oldBlob,
                            newIndex,
                            out.toString());
                } else {
                    measure(desync, "extract", "-s", chunks, newIndex, out.toString());
                }
                CountingServer.Traffic theirs = server.take();

                Path nameFile = folder.resolve("pack-index-name");
                List<String> make = new ArrayList<>(List.of(store, packs.toString(), nameFile.toString(), newIndex));
                if (isUpdate) {
                    make.add(oldIndex);
                }
                Measurement maker = java("Maker", List.of(), make);
                String packIndex = "packs/" + Files.readString(nameFile);
                Files.deleteIfExists(out);
                List<String> read =
                        new ArrayList<>(List.of(server.uri().toString(), packIndex, newIndex, out.toString()));
                if (isUpdate) {
                    read.addAll(List.of(oldIndex, oldBlob.toString()));
                }
                Measurement client = java("Client", JAVA_OPTIONS, read);
                CountingServer.Traffic ours = server.take();
                if (Files.mismatch(out, newBlob) >= 0) {
                    throw new IOException(out + " is not " + newBlob);
                }
                long zstd = Files.size(Path.of(isUpdate ? patch : whole));
                String what = isUpdate ? "update" : "install";
                table.row(
                        name,
                        what,
                        theirs.bytes(),
                        ours.bytes(),
                        ratio(ours.bytes(), theirs.bytes()),
                        zstd,
                        ratio(ours.bytes(), zstd),
                        theirs.requests(),
                        ours.requests(),
                        client.peakBytes() / 1e6,
                        maker.cpuSeconds(),
                        maker.peakBytes() / 1e6);
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("pair", name);
                result.put("what", what);
                result.put("archive_bytes", Files.size(newBlob));
                result.put("desync", theirs);
                result.put("packs", ours);
                result.put("zstd_bytes", zstd);
                result.put("client", client);
                result.put("maker", maker);
                report.add(result);
            }
        }
    }

    private static double ratio(long ours, long theirs) {
        return (double) ours / theirs;
    }

    private static Measurement java(String program, List<String> options, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options.isEmpty() ? List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED") : options);
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), Benchmark.class.getPackageName() + "." + program));
        command.addAll(arguments);
        return Program.of(command).measure();
    }

    private static Path archive(Path folder, Path file) throws IOException {
        try (ArchiveLayout layout = ArchiveLayout.ofFolder(folder, ArchiveOptions.publishing());
                OutputStream out = Files.newOutputStream(file)) {
            layout.writeTo(out);
        }
        return file;
    }
}
