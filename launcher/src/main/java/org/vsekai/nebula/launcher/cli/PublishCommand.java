package org.vsekai.nebula.launcher.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.vsekai.nebula.launcher.config.UserConfig;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.HttpLimits;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.publish.Publisher;
import org.vsekai.nebula.launcher.version.SemanticVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code vsekai publish --mode M --version V DIR}. */
@Command(
        name = "publish",
        description = {
            "Ships the folder DIR as a version of a mode.",
            "Only chunks that the server lacks are sent. Equal content gives an equal index, so a run that was cut off is"
                    + " taken up by running it again, and publishing the same content again sends nothing.",
            "Owners, times and modes other than the execute bit are not published; '.vsekai' at the top is left out."
        },
        footer = {"", "Example:", "  vsekai publish --mode stable --version 0.2.0 build/linux"})
final class PublishCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    // Not the standard mixin: here --version is the version to publish.
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // Acted on by picocli.
    private boolean help;

    @Option(names = "--mode", required = true, paramLabel = "MODE", description = "The mode that gets the version.")
    private String mode = "";

    @Option(
            names = "--version",
            required = true,
            paramLabel = "VERSION",
            converter = VersionConverter.class,
            description = "Semantic version, for example 0.2.0 or 1.0.0-rc.1.")
    private SemanticVersion version = SemanticVersion.parse("0.0.0");

    @Option(names = "--skip-update", description = "Publish it, but let players pass it over.")
    private boolean skipUpdate;

    @Option(names = "--create-mode", description = "Create the mode if there is none of this name.")
    private boolean createMode;

    @Mixin
    private TokenOption token = new TokenOption();

    @Parameters(paramLabel = "DIR", description = "The folder to ship.")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        if (!Files.isDirectory(folder)) {
            throw new ParameterException(command.commandLine(), folder + ": is not a folder");
        }
        UserConfig config = UserConfig.ofUser(System.getenv());
        try (Http http = new Http(HttpLimits.fromEnvironment())) {
            ServiceAddresses addresses = ServiceAddresses.find(http, global.server(command, config));
            Publisher.Outcome outcome = new Publisher(http, addresses, token.get(), global.listener(command))
                    .publish(new Publisher.Request(mode, version, folder, skipUpdate, createMode));
            global.complete(command, outcome.text(), outcome.figures());
        }
        return 0;
    }

    static final class VersionConverter implements ITypeConverter<SemanticVersion> {
        @Override
        public SemanticVersion convert(String value) {
            try {
                return SemanticVersion.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
