package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.vsekai.nebula.casync.assemble.AssemblyStatistics;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks extract -s STORE [--seed SEED] INDEX OUT}. */
@Command(
        name = "extract",
        mixinStandardHelpOptions = true,
        description = {
            "Puts together the file that INDEX describes.",
            "OUT appears when it is complete and every chunk has been checked; an OUT that exists stays until then,"
                    + " and what is right in it is used. A run that was interrupted leaves .OUT.part, from which the next"
                    + " goes on."
        },
        footer = {"", "Example:", "  vsekai chunks extract -s http://localhost/chunks --seed v1.caibx v2.caibx v2"})
final class ExtractCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private SourceOptions sources = new SourceOptions();

    @Parameters(index = "0", paramLabel = "INDEX", description = "The index of the file; - for standard input.")
    private String index = "";

    @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        ChunkIndex wanted = IndexFile.read(index);
        sources.assemble(wanted, assembler -> {
            assembler.assembleTo(out, new Meter(global.listener(command), "extract", wanted.blobSize()));
            AssemblyStatistics got = assembler.statistics();
            global.complete(command, text(wanted, got), Figures.of(wanted, got));
        });
        return 0;
    }

    private static String text(ChunkIndex wanted, AssemblyStatistics got) {
        return "%s: %s from seeds, %d chunks (%s) from stores"
                .formatted(
                        TerminalText.bytes(wanted.blobSize()),
                        TerminalText.bytes(got.seedBytes()),
                        got.networkChunks(),
                        TerminalText.bytes(got.storedBytes()));
    }
}
