package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks verify-index INDEX DATA}. */
@Command(
        name = "verify-index",
        mixinStandardHelpOptions = true,
        description = {
            "Checks that INDEX is the index of DATA, a file or folder. No store is needed.",
            "What differs is listed by its place; exit code 4 if anything does."
        },
        footer = {
            "",
            "Examples:",
            "  vsekai chunks verify-index game.caibx game.pck",
            "  vsekai chunks verify-index game.caidx game/"
        })
final class VerifyIndexCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private Concurrency concurrency = new Concurrency();

    @Parameters(index = "0", paramLabel = "INDEX", description = "The index; - for standard input.")
    private String index = "";

    @Parameters(index = "1", paramLabel = "DATA", description = "The file or folder that it describes.")
    private Path data = Path.of("");

    @Override
    public Integer call() throws IOException {
        return Findings.ofData(command, IndexFile.read(index), data, concurrency.forAssembly())
                .report(command);
    }
}
