package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.vsekai.nebula.casync.index.ChunkIndex;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks list INDEX}. */
@Command(
        name = "list",
        aliases = "list-chunks",
        mixinStandardHelpOptions = true,
        description = "Prints the chunk ids of an index in its order, one a line.")
final class ListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-l", "--long"},
            description = "Print start and length in bytes before each id.")
    private boolean detailed;

    @Parameters(paramLabel = "INDEX", description = "The index; - for standard input.")
    private String index = "";

    @Override
    public Integer call() throws IOException {
        ChunkIndex read = IndexFile.read(index);
        PrintWriter out = command.commandLine().getOut();
        for (int i = 0; i < read.chunkCount(); i++) {
            out.println(detailed ? read.start(i) + " " + read.length(i) + " " + read.id(i) : read.id(i));
        }
        out.flush();
        return 0;
    }
}
