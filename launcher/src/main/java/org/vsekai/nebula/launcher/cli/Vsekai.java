package org.vsekai.nebula.launcher.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.chunks.ChunksCommand;
import org.vsekai.nebula.launcher.console.Failures;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.console.Subcommands;
import org.vsekai.nebula.launcher.progress.ProgressEvent;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The program {@code vsekai}, also shipped as {@code headless-vsekai-v{version}}. */
@Command(
        name = "vsekai",
        mixinStandardHelpOptions = true,
        versionProvider = Vsekai.Version.class,
        description = "Installs V-Sekai, keeps it up to date, and ships new versions of it.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or nothing had to be done",
            "1:failed",
            "2:the command line is wrong",
            "3:a server or the network is not available; try again later",
            "4:something read is corrupt or not what it must be",
            "5:the local disk refused: full, read-only, not permitted",
            "6:another launcher works on the same folder",
            "7:the server refused: token, conflict, unknown mode or version"
        })
public final class Vsekai implements Callable<Integer> {
    private static final String CHUNKS = "chunks";

    private static final Subcommands SUBCOMMANDS = new Subcommands(subcommands());

    @Spec
    private CommandSpec command = CommandSpec.create();

    @SuppressWarnings("UnusedVariable") // Filled by picocli and found through the command's specification.
    @Mixin(name = GlobalOptions.MIXIN)
    private GlobalOptions global = new GlobalOptions();

    @Option(
            names = "--update",
            paramLabel = "DIR",
            description = "Bring the folder DIR up to date; the same as 'vsekai update DIR'.")
    private @Nullable Path update;

    @Mixin
    private FollowOptions follow = new FollowOptions();

    private static Map<String, Class<?>> subcommands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("update", UpdateCommand.class);
        commands.put("status", StatusCommand.class);
        commands.put("verify", VerifyCommand.class);
        commands.put("mode", ModeCommand.class);
        commands.put("publish", PublishCommand.class);
        commands.put("asset", AssetCommand.class);
        commands.put("store", StoreCommand.class);
        commands.put("ledger", LedgerCommand.class);
        commands.put(CHUNKS, ChunksCommand.class);
        return commands;
    }

    public static void main(String[] arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /** The command line with the commands that {@code arguments} can call; with all of them when there are no arguments. */
    public static CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(new Vsekai());
        SUBCOMMANDS.addTo(line, 0, arguments);
        CommandLine chunks = line.getSubcommands().get(CHUNKS);
        if (chunks != null) {
            ChunksCommand.addSubcommands(chunks, 1, arguments);
        }
        return line.setExecutionExceptionHandler(Vsekai::report)
                .setUsageHelpAutoWidth(true)
                .setAbbreviatedOptionsAllowed(false);
    }

    private static int report(Exception thrown, CommandLine line, ParseResult parsed) {
        Failures.Failure failure = Failures.of(thrown);
        GlobalOptions.of(line.getCommandSpec())
                .listener(line.getCommandSpec())
                .on(new ProgressEvent.Failed(
                        failure.code(), failure.message(), failure.exit().code()));
        return failure.exit().code();
    }

    @Override
    public Integer call() throws IOException {
        if (update == null) {
            throw new ParameterException(command.commandLine(), "name a command");
        }
        follow.update(command, update, false);
        return 0;
    }

    /** The version that the build wrote into the program. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            try (InputStream in = Vsekai.class.getResourceAsStream("/org/vsekai/nebula/launcher/version.txt")) {
                String version = in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
                return new String[] {"vsekai " + version};
            }
        }
    }
}
