package org.vsekai.nebula.launcher.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsekai update DIR}. */
@Command(
        name = "update",
        mixinStandardHelpOptions = true,
        description = {
            "Brings the folder DIR to the newest version of your mode; installs it if DIR is missing or empty.",
            "DIR is the old version or the new one at every moment. What was interrupted goes on where it stopped. Files that"
                    + " you added stay; one in the way of a shipped file is kept beside it as NAME.player."
        },
        footer = {"", "Example:", "  vsekai update ~/games/v-sekai"})
final class UpdateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--repair", description = "If DIR is at the newest version, make it whole again.")
    private boolean repair;

    @Mixin
    private FollowOptions follow = new FollowOptions();

    @Parameters(index = "0", paramLabel = "DIR", description = "The game's folder.")
    private Path folder = Path.of("");

    @SuppressWarnings(
            "UnusedVariable") // A desktop passes it to whatever opens links; without a game only the update matters.
    @Parameters(index = "1", arity = "0..1", hidden = true, paramLabel = "LINK")
    private @Nullable String link;

    @Override
    public Integer call() throws IOException {
        follow.update(command, folder, repair);
        return 0;
    }
}
