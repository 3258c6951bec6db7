package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.vsekai.nebula.casync.chunk.FileBlob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code chunks make [-s STORE] INDEX FILE}. */
@Command(
        name = "make",
        mixinStandardHelpOptions = true,
        description = {
            "Cuts FILE into chunks and writes their INDEX.",
            "With -s the chunks go to STORE; what it holds already is not sent again."
        },
        footer = {"", "Example:", "  vsekai chunks make -s /srv/store game.caibx game.pck"})
final class MakeCommand implements Callable<Integer> {
    @Mixin
    private IndexMaking making = new IndexMaking();

    @Parameters(
            index = "0",
            paramLabel = "INDEX",
            description = "The index to write, .caibx by custom; - for standard output.")
    private String index = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The file to cut.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws IOException {
        try (FileBlob blob = FileBlob.open(file)) {
            making.make(blob, index);
        }
        return 0;
    }
}
