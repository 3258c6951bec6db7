package org.vsekai.nebula.stack;

import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.vsekai.nebula.migrations.MigrationException;
import org.vsekai.nebula.parts.PartException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands of the local stack. */
@Command(
        name = "nebula",
        mixinStandardHelpOptions = true,
        description = "Runs the local stack.",
        subcommands = {
            UpCommand.class,
            StatusCommand.class,
            LogsCommand.class,
            RestartCommand.class,
            DownCommand.class,
            DemoCommand.class
        })
public final class Main {
    /** Kept here, for loggers that nobody holds lose their level. */
    private static final Logger MIGRATION_LOG = Logger.getLogger("org.flywaydb");

    private Main() {}

    /** The option that every command about one stack takes. */
    static final class DataOption {
        @Option(
                names = "--data",
                paramLabel = "DIR",
                defaultValue = ".nebula",
                description = "folder that keeps the stack's state (default: ${DEFAULT-VALUE})")
        private Path folder = Path.of(".nebula");

        DataFolder folder() {
            return new DataFolder(folder);
        }
    }

    /** The option that says where the built project lies; the script {@code nebula} sets it. */
    static final class HomeOption {
        @Option(names = "--home", paramLabel = "DIR", defaultValue = "${sys:nebula.home:-.}", hidden = true)
        private Path folder = Path.of(".");

        Path folder() {
            return folder.toAbsolutePath().normalize();
        }
    }

    public static void main(String[] args) {
        MIGRATION_LOG.setLevel(Level.WARNING);
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof StackException
                    || failure instanceof PartException
                    || failure instanceof MigrationException) {
                command.getErr().println(failure.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            throw failure;
        });
    }
}
