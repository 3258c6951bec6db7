package org.vsekai.nebula.launcher.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.config.UserConfig;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.desktop.DesktopRegistration;
import org.vsekai.nebula.launcher.folder.GameFolder;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.HttpLimits;
import org.vsekai.nebula.launcher.update.Updater;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a folder is brought up to date. */
final class FollowOptions {
    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "Follow this mode, for this folder and this time, instead of your own.")
    private @Nullable String mode;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "Where you are, for the choice of CDNs. Default: $VSEKAI_REGION, else 'region' of the"
                    + " configuration.")
    private @Nullable String region;

    @Option(
            names = "--seed",
            paramLabel = "FOLDER",
            description =
                    "Take parts from this folder too: another mode's installation, an older copy, a USB drive. It is"
                            + " only read. Repeatable.")
    private List<Path> seeds = new ArrayList<>();

    @Option(names = "--no-desktop", description = "Do not tell the desktop about the game and its links.")
    private boolean noDesktop;

    void update(CommandSpec command, Path folder, boolean repair) throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        UserConfig config = UserConfig.ofUser(System.getenv());
        HttpLimits limits = HttpLimits.fromEnvironment();
        Updater.Request request = new Updater.Request(
                GameFolder.of(folder),
                global.server(command, config),
                mode != null ? mode : config.findMode().orElse(UserConfig.DEFAULT_MODE),
                Optional.ofNullable(region)
                        .or(() -> Optional.ofNullable(System.getenv("VSEKAI_REGION")))
                        .or(config::findRegion),
                seeds,
                repair,
                noDesktop ? null : DesktopRegistration.ofPlatform(System.getenv()));
        try (Http http = new Http(limits)) {
            Updater.Outcome outcome =
                    new Updater(http, limits, global.listener(command), Clock.systemUTC(), request).run();
            global.complete(command, outcome.text(), outcome.figures());
        }
    }
}
