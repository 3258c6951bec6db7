package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.vsekai.nebula.casync.archive.ArchiveDecoder;
import org.vsekai.nebula.casync.archive.ArchiveExtractor;
import org.vsekai.nebula.casync.archive.EntryPolicy;
import org.vsekai.nebula.casync.archive.ExtractListener;
import org.vsekai.nebula.casync.archive.ExtractOptions;
import org.vsekai.nebula.casync.archive.ExtractReport;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks untar ARCHIVE DIR} and {@code chunks untar -i -s STORE INDEX DIR}. */
@Command(
        name = "untar",
        mixinStandardHelpOptions = true,
        description = {
            "Extracts a catar archive, or with -i the archive that an index describes, into DIR.",
            "Nothing is written outside DIR, whatever the archive says. Owners are set only for root."
        },
        footer = {
            "",
            "Examples:",
            "  vsekai chunks untar pictures.catar /tmp/pictures",
            "  vsekai chunks untar -i -s http://localhost/chunks pictures.caidx /tmp/pictures"
        })
final class UntarCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-i", "--index"},
            description = "Read an index, not an archive.")
    private boolean asIndex;

    @Option(names = "--no-same-owner", description = "Never set owners, also as root.")
    private boolean noSameOwner;

    @Option(
            names = "--trust",
            description =
                    "The archive is your own: extract also links that lead out of DIR, which are refused otherwise.")
    private boolean trust;

    @Mixin
    private SourceOptions sources = new SourceOptions();

    @Parameters(index = "0", paramLabel = "ARCHIVE|INDEX", description = "What to read; - for standard input.")
    private String source = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "The folder to extract into; made if it is missing.")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        if (asIndex) {
            ChunkIndex index = IndexFile.read(source);
            sources.assemble(index, assembler -> {
                ExtractReport report;
                try (InputStream in = assembler.open()) {
                    report = extract(global, in, index.blobSize());
                }
                Map<String, Object> figures = Figures.of(index, assembler.statistics());
                figures.putAll(figures(report));
                global.complete(command, text(report), figures);
            });
        } else {
            boolean standard = IndexFile.isStandardStream(source);
            long size = standard ? Long.MAX_VALUE : Files.size(Path.of(source));
            try (InputStream in = standard ? System.in : Files.newInputStream(Path.of(source))) {
                ExtractReport report = extract(global, in, size);
                global.complete(command, text(report), figures(report));
            }
        }
        return 0;
    }

    private ExtractReport extract(GlobalOptions global, InputStream in, long size) throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        Meter meter = new Meter(global.listener(command), "extract", size);
        ExtractListener listener = new ExtractListener() {
            @Override
            public void progress(long bytes) {
                meter.accept(bytes);
            }
        };
        ExtractOptions options = ExtractOptions.keepingEverything(root && !noSameOwner);
        return new ArchiveExtractor(folder, trust ? options.withPolicy(EntryPolicy.ANYTHING) : options, listener)
                .extract(new ArchiveDecoder(in, source, size));
    }

    private static Map<String, Object> figures(ExtractReport report) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("files", report.files());
        figures.put("directories", report.directories());
        figures.put("symlinks", report.symlinks());
        figures.put("content_bytes", report.bytes());
        return figures;
    }

    private static String text(ExtractReport report) {
        return "%d files, %d folders, %d links; %s"
                .formatted(report.files(), report.directories(), report.symlinks(), TerminalText.bytes(report.bytes()));
    }
}
