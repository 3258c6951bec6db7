package org.vsekai.nebula.stack;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Publishes two versions of a build, installs the old one as a player and updates to the new one.")
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private Main.HomeOption home = new Main.HomeOption();

    @Parameters(index = "0", paramLabel = "OLD", description = "folder of the old version")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path oldVersion;

    @Parameters(index = "1", paramLabel = "NEW", description = "folder of the new version")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path newVersion;

    @Override
    public Integer call() throws Exception {
        try (Demo demo = new Demo(home.folder(), System.out)) {
            Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "clean-up-demo"));
            demo.run(oldVersion, newVersion);
        }
        System.out.println("demo: ok");
        return 0;
    }
}
