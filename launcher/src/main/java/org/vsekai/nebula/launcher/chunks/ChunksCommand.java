package org.vsekai.nebula.launcher.chunks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The parent of the commands on chunks; called alone, it explains itself. */
@Command(
        name = "chunks",
        mixinStandardHelpOptions = true,
        description = {
            "Works with casync's formats: chunk stores, indexes (.caibx, .caidx) and archives (.catar).",
            "Commands and arguments are those of desync. A STORE is a folder, a file: URL, or an http(s): URL as desync's"
                    + " chunk-server and Nebula's asset-store serve it."
        },
        subcommands = {
            MakeCommand.class,
            ExtractCommand.class,
            TarCommand.class,
            UntarCommand.class,
            VerifyCommand.class,
            InfoCommand.class,
            ListCommand.class
        })
public final class ChunksCommand implements Runnable {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(command.commandLine(), "name one of the commands below");
    }
}
