package org.vsekai.nebula.launcher.chunks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.vsekai.nebula.launcher.console.Subcommands;
import picocli.CommandLine;
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
        })
public final class ChunksCommand implements Runnable {
    private static final Subcommands SUBCOMMANDS = new Subcommands(subcommands());

    @Spec
    private CommandSpec command = CommandSpec.create();

    private static Map<String, Class<?>> subcommands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("make", MakeCommand.class);
        commands.put("extract", ExtractCommand.class);
        commands.put("cat", CatCommand.class);
        commands.put("tar", TarCommand.class);
        commands.put("untar", UntarCommand.class);
        commands.put("chop", ChopCommand.class);
        commands.put("cache", CacheCommand.class);
        commands.put("prune", PruneCommand.class);
        commands.put("verify", VerifyCommand.class);
        commands.put("verify-index", VerifyIndexCommand.class);
        commands.put("diff", DiffCommand.class);
        commands.put("serve", ServeCommand.class);
        commands.put("info", InfoCommand.class);
        commands.put("list", ListCommand.class);
        return commands;
    }

    /** Adds the command that {@code arguments} call, or all; {@code at} is where its name would stand. */
    public static void addSubcommands(CommandLine chunks, int at, String... arguments) {
        SUBCOMMANDS.addTo(chunks, at, arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(command.commandLine(), "name one of the commands below");
    }
}
