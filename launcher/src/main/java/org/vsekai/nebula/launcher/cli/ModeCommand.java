package org.vsekai.nebula.launcher.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.vsekai.nebula.launcher.RefusedException;
import org.vsekai.nebula.launcher.config.UserConfig;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.HttpLimits;
import org.vsekai.nebula.launcher.mode.Mode;
import org.vsekai.nebula.launcher.mode.Modes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsekai mode}. */
@Command(
        name = "mode",
        mixinStandardHelpOptions = true,
        description =
                "Lists modes, tells or changes the one that you follow. A mode is a line of versions, such as stable.",
        subcommands = {
            ModeCommand.Listing.class,
            ModeCommand.Current.class,
            ModeCommand.Switch.class,
            ModeCommand.Create.class
        })
final class ModeCommand implements Runnable {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(command.commandLine(), "name one of the commands below");
    }

    /** {@code vsekai mode list}. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the modes of the server.")
    static final class Listing implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Override
        public Integer call() {
            GlobalOptions global = GlobalOptions.of(command);
            UserConfig config = UserConfig.ofUser(System.getenv());
            String current = config.findMode().orElse(UserConfig.DEFAULT_MODE);
            try (Http http = new Http(HttpLimits.fromEnvironment())) {
                List<Mode> modes = new Modes(http, global.server(command, config)).list();
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("modes", modes.stream().map(Mode::name).toList());
                figures.put("current", current);
                StringBuilder text = new StringBuilder();
                for (Mode mode : modes) {
                    text.append(text.isEmpty() ? "" : "\n")
                            .append(mode.name().equals(current) ? "* " : "  ")
                            .append(mode.name())
                            .append(mode.active() ? "" : " (not active)")
                            .append(mode.updateTo().isEmpty() ? "" : " -> " + mode.updateTo());
                }
                global.complete(command, modes.isEmpty() ? "the server has no modes yet" : text.toString(), figures);
            }
            return 0;
        }
    }

    /** {@code vsekai mode current}. */
    @Command(name = "current", mixinStandardHelpOptions = true, description = "Tells the mode that you follow.")
    static final class Current implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Override
        public Integer call() {
            String mode = UserConfig.ofUser(System.getenv()).findMode().orElse(UserConfig.DEFAULT_MODE);
            GlobalOptions.of(command).complete(command, mode, Map.of("mode", mode));
            return 0;
        }
    }

    /** {@code vsekai mode switch --mode_name NAME}. */
    @Command(
            name = "switch",
            mixinStandardHelpOptions = true,
            description = "Follows another mode from now on. Folders change with their next update.")
    static final class Switch implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Option(
                names = {"--mode_name", "--mode-name"},
                required = true,
                paramLabel = "NAME",
                description = "The mode to follow.")
        private String name = "";

        @Override
        public Integer call() {
            GlobalOptions global = GlobalOptions.of(command);
            UserConfig config = UserConfig.ofUser(System.getenv());
            try (Http http = new Http(HttpLimits.fromEnvironment())) {
                Modes modes = new Modes(http, global.server(command, config));
                if (modes.find(name).isEmpty()) {
                    throw new RefusedException(
                            "mode " + name,
                            404,
                            "MODE_UNKNOWN",
                            "there is no such mode; 'vsekai mode list' lists them");
                }
            }
            config.setMode(name);
            global.complete(command, "you follow " + name + " now", Map.of("mode", name));
            return 0;
        }
    }

    /** {@code vsekai mode create NAME}. */
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Creates a mode on the server, for publishers.")
    static final class Create implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private TokenOption token = new TokenOption();

        @Parameters(paramLabel = "NAME", description = "The new mode.")
        private String name = "";

        @Override
        public Integer call() {
            GlobalOptions global = GlobalOptions.of(command);
            UserConfig config = UserConfig.ofUser(System.getenv());
            try (Http http = new Http(HttpLimits.fromEnvironment())) {
                new Modes(http, global.server(command, config)).create(name, token.get());
            }
            global.complete(command, "mode " + name + " was created", Map.of("mode", name));
            return 0;
        }
    }
}
