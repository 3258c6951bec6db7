package org.vsekai.nebula.launcher.chunks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks tar ARCHIVE DIR} and {@code chunks tar -i [-s STORE] INDEX DIR}. */
@Command(
        name = "tar",
        mixinStandardHelpOptions = true,
        description = {
            "Encodes the folder DIR as a catar archive, or with -i as the index of one whose chunks go to STORE.",
            "Owners, modes, times, links and extended attributes are kept."
        },
        footer = {
            "",
            "Examples:",
            "  vsekai chunks tar pictures.catar ~/Pictures",
            "  vsekai chunks tar -i -s /srv/store pictures.caidx ~/Pictures"
        })
final class TarCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-i", "--index"},
            description = "Write an index, not the archive.")
    private boolean asIndex;

    @Mixin
    private IndexMaking making = new IndexMaking();

    @Parameters(
            index = "0",
            paramLabel = "ARCHIVE|INDEX",
            description = "What to write, .catar or .caidx by custom; - for standard output.")
    private String target = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "The folder to encode.")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws IOException {
        try (ArchiveLayout layout = ArchiveLayout.ofFolder(folder, ArchiveOptions.keepingEverything())) {
            if (asIndex) {
                making.make(layout, target);
            } else if (IndexFile.isStandardStream(target)) {
                OutputStream out = new BufferedOutputStream(System.out, 1 << 16);
                layout.writeTo(out);
                out.flush();
            } else {
                DurableFiles.replace(Path.of(target), layout::writeTo);
                GlobalOptions.of(command)
                        .complete(
                                command,
                                "%s: %s".formatted(target, TerminalText.bytes(layout.size())),
                                Map.of("size", layout.size()));
            }
        }
        return 0;
    }
}
